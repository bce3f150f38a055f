"""One kernel on one image by torch's operators, in double precision.

The convolution is torch's transposed one, in which every pixel stamps the kernel onto the output: nothing is flipped.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch.nn import functional as F  # noqa: N812 - its usual name

Float64 = npt.NDArray[np.float64]


def correlate(x: npt.NDArray[Any], k: npt.NDArray[Any]) -> Float64:
    """Cross-correlate an image (H, W) with a kernel (KH, KW) that fits in: (H-KH+1, W-KW+1)."""
    result: Float64 = F.conv2d(_plane(x), _plane(k))[0, 0].numpy()
    return result


def convolve(v: npt.NDArray[Any], k: npt.NDArray[Any]) -> Float64:
    """Convolve an image (H, W) with a kernel (KH, KW), in full: (H+KH-1, W+KW-1)."""
    result: Float64 = F.conv_transpose2d(_plane(v), _plane(k))[0, 0].numpy()
    return result


def _plane(array: npt.NDArray[Any]) -> torch.Tensor:
    return torch.from_numpy(np.ascontiguousarray(array, dtype=np.float64))[None, None]
