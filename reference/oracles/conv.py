"""The convolution layer by torch's operator and its automatic gradient, in double precision."""

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


def gradients(
    dout: npt.NDArray[Any],
    x: npt.NDArray[Any],
    w: npt.NDArray[Any],
    b: npt.NDArray[Any],
    stride: tuple[int, int] = (1, 1),
    pad: tuple[int, int] = (0, 0),
    dilation: tuple[int, int] = (1, 1),
) -> tuple[Float64, Float64, Float64]:
    """The gradients of sum(dout * maps) with respect to x, w and b, by automatic differentiation."""
    images, kernels, biases = (_double(array).requires_grad_() for array in (x, w, b))
    maps = F.conv2d(images, kernels, biases, stride=stride, padding=pad, dilation=dilation)
    found = torch.autograd.grad(maps, (images, kernels, biases), _double(dout))
    dx, dw, db = (gradient.numpy() for gradient in found)
    return dx, dw, db


def _double(array: npt.NDArray[Any]) -> torch.Tensor:
    return torch.from_numpy(np.ascontiguousarray(array, dtype=np.float64))
