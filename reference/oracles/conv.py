"""The convolution layer by torch's operator, in double precision."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch.nn import functional as F  # noqa: N812 - its usual name

Float64 = npt.NDArray[np.float64]


def convolve(
    x: npt.NDArray[Any],
    w: npt.NDArray[Any],
    b: npt.NDArray[Any],
    stride: tuple[int, int] = (1, 1),
    pad: tuple[int, int] = (0, 0),
    dilation: tuple[int, int] = (1, 1),
) -> Float64:
    """Cross-correlate images (N, C, H, W) with kernels (F, C, KH, KW): maps (N, F, HO, WO)."""
    maps = F.conv2d(_double(x), _double(w), _double(b), stride=stride, padding=pad, dilation=dilation)
    result: Float64 = maps.numpy()
    return result


def _double(array: npt.NDArray[Any]) -> torch.Tensor:
    return torch.from_numpy(np.ascontiguousarray(array, dtype=np.float64))
