"""Pooling by torch's own operators and their automatic gradient, in double precision."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch.nn import functional as F  # noqa: N812 - its usual name

Float64 = npt.NDArray[np.float64]


def pool(x: npt.NDArray[Any], kind: str, window: tuple[int, int], stride: tuple[int, int], p: float = 2.0) -> Float64:
    """Pool images (N, C, H, W) to (N, C, HO, WO); `kind` is max, mean, median or power.

    Raises ValueError for another kind.
    """
    result: Float64 = _pooled(torch.tensor(x, dtype=torch.float64), kind, window, stride, p).numpy()
    return result


def gradient(
    dout: npt.NDArray[Any], x: npt.NDArray[Any], kind: str, window: tuple[int, int], stride: tuple[int, int]
) -> Float64:
    """The gradient with respect to x of sum(dout * pooled x), by automatic differentiation."""
    inputs = torch.tensor(x, dtype=torch.float64, requires_grad=True)
    maps = _pooled(inputs, kind, window, stride, 2.0)
    (dx,) = torch.autograd.grad(maps, inputs, torch.tensor(dout, dtype=torch.float64))
    result: Float64 = dx.numpy()
    return result


def _pooled(x: torch.Tensor, kind: str, window: tuple[int, int], stride: tuple[int, int], p: float) -> torch.Tensor:
    match kind:
        case "max":
            return F.max_pool2d(x, window, stride)
        case "mean":
            return F.avg_pool2d(x, window, stride)
        case "median":
            columns = F.unfold(x.flatten(0, 1).unsqueeze(1), window, stride=stride)
            size = [(side - kernel) // step + 1 for side, kernel, step in zip(x.shape[2:], window, stride, strict=True)]
            return torch.quantile(columns, 0.5, dim=1).reshape(*x.shape[:2], *size)
        case "power":
            # lp_pool2d sums x^p without |x|: an odd p would give NaN for a negative sum.
            return F.lp_pool2d(x.abs(), p, window, stride)
    raise ValueError(f"pooling is max, mean, median or power, not {kind!r}")
