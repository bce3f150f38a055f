"""Gradients and feature maps by torch's operators, and grey levels by exact fractions."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch.nn import functional as F  # noqa: N812 - its usual name

Float64 = npt.NDArray[np.float64]


def gradients(img: npt.NDArray[Any]) -> tuple[Float64, Float64]:
    """(gx, gy) of an image (H, W): the difference of two pixels apart, smoothed by 1 2 1 across it."""
    plane = torch.from_numpy(np.asarray(img, dtype=np.float64))
    across, down = plane[:, 2:] - plane[:, :-2], plane[2:] - plane[:-2]
    gx = across[:-2] + 2 * across[1:-1] + across[2:]
    gy = down[:, :-2] + 2 * down[:, 1:-1] + down[:, 2:]
    return gx.numpy(), gy.numpy()


def maps(img: npt.NDArray[Any], kernels: npt.NDArray[Any], *, relu: bool) -> Float64:
    """Maps (F, h, w) of an image (C, H, W) under kernels (F, C, KH, KW)."""
    x, w = (torch.from_numpy(np.asarray(array, dtype=np.float64)) for array in (img, kernels))
    out = F.conv2d(x[None], w)[0]
    result: Float64 = (F.relu(out) if relu else out).numpy()
    return result


def grey(plane: list[list[int]], mode: str) -> list[list[Fraction]]:
    """One map of whole numbers as exact grey levels, before rounding."""
    values = [value for row in plane for value in row]
    if mode == "symmetric":
        largest = max(map(abs, values)) or 1
        return [[128 + Fraction(127 * value, largest) for value in row] for row in plane]
    span = max(values) - min(values) or 1
    return [[Fraction(255 * (value - min(values)), span) for value in row] for row in plane]
