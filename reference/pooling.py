"""Pooling: each window of an image is represented by one statistic, channel by channel.

    max      the largest value
    mean     sum of the values / number of values
    median   the middle value; of an even count, the mean of the two middle ones
    power    (sum |value|^p)^(1/p), the p-norm of the window

Windows never reach over the border and there is no padding: HO = floor((H - pool_height) / stride) + 1.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from reference.conv import result_dtype
from reference.sizes import output_size, pair

Array: TypeAlias = npt.NDArray[Any]
Cache: TypeAlias = tuple[Array, "Pooling"]

KINDS = ("max", "mean", "median", "power")
SETTINGS = {"pool_height", "pool_width", "stride", "type", "p"}


@dataclass(frozen=True, slots=True)
class Pooling:
    """A pooling layer's settings, read and checked; each pair is (along the height, along the width)."""

    kind: str
    window: tuple[int, int]
    stride: tuple[int, int]
    p: float

    @classmethod
    def read(cls, pool_param: Mapping[str, Any]) -> Pooling:
        """The settings in a dictionary; without a stride, windows lie side by side.

        Raises ValueError for a setting that is missing, unknown or out of range.
        """
        unknown = sorted(set(pool_param) - SETTINGS)
        missing = sorted({"pool_height", "pool_width", "type"} - set(pool_param))
        if unknown or missing:
            raise ValueError(f"pool_param: unknown {unknown}, missing {missing}")
        window = pair((pool_param["pool_height"], pool_param["pool_width"]), "the pooling window", 1)
        kind, p = pool_param["type"], float(pool_param.get("p", 2))
        if kind not in KINDS:
            raise ValueError(f"type must be one of {', '.join(KINDS)}, not {kind!r}")
        if not p > 0:
            raise ValueError(f"p must be positive, not {p}")
        return cls(kind, window, pair(pool_param.get("stride", window), "stride", 1), p)

    def output(self, x: Array) -> tuple[int, int]:
        """(HO, WO) for images (N, C, H, W). Raises ValueError when the window does not fit."""
        if x.ndim != 4:
            raise ValueError(f"x must have four axes, not {x.ndim}")
        height, width = (output_size(*side) for side in zip(x.shape[2:], self.window, self.stride, strict=True))
        return height, width


def pool_forward(x: Array, pool_param: Mapping[str, Any]) -> tuple[Array, Cache]:
    """Pool a batch of images, one output pixel at a time.

    x: images (N, C, H, W); pool_param: `pool_height`, `pool_width`, `type` (max, mean, median, power), optionally
    `stride` (an integer or a pair; by default the window's size) and `p` (by default 2). Returns maps (N, C, HO, WO)
    and what `pool_backward` needs. Raises ValueError for settings that do not fit.
    """
    layer = Pooling.read(pool_param)
    height, width = layer.output(x)
    out = np.empty((*x.shape[:2], height, width), dtype=result_dtype(x))
    for i in range(height):
        for j in range(width):
            out[:, :, i, j] = statistic(window_at(x, layer, i, j), layer)
    return out, (x, layer)


def pool_forward_views(x: Array, pool_param: Mapping[str, Any]) -> tuple[Array, Cache]:
    """The same layer without a Python loop: all windows as one view, reduced along their two axes."""
    layer = Pooling.read(pool_param)
    layer.output(x)
    (sh, sw) = layer.stride
    windows = np.lib.stride_tricks.sliding_window_view(x, layer.window, axis=(2, 3))[:, :, ::sh, ::sw]
    return statistic(windows, layer).astype(result_dtype(x)), (x, layer)


def pool_backward(dout: Array, cache: Cache) -> Array:
    """The gradient of the loss with respect to x, window by window, for max and mean pooling.

    dout: the gradient with respect to the maps (N, C, HO, WO). Overlapping windows add up. The maximum's gradient goes
    to the first maximum in row-major order; pixels under no window get 0. Raises ValueError for other kinds.
    """
    x, layer = cache
    dx = np.zeros(x.shape, dtype=result_dtype(x, dout))
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            share = shares(window_at(x, layer, i, j), layer)
            window_at(dx, layer, i, j)[...] += share * dout[:, :, i, j, None, None]
    return dx


def pool_backward_offsets(dout: Array, cache: Cache) -> Array:
    """The same gradient with one vectorised step for each place in the window instead of each window."""
    x, layer = cache
    (sh, sw), (height, width) = layer.stride, dout.shape[2:]
    windows = np.lib.stride_tricks.sliding_window_view(x, layer.window, axis=(2, 3))[:, :, ::sh, ::sw]
    share = shares(windows, layer)
    dx = np.zeros(x.shape, dtype=result_dtype(x, dout))
    for u in range(layer.window[0]):
        for v in range(layer.window[1]):
            rows, columns = slice(u, u + (height - 1) * sh + 1, sh), slice(v, v + (width - 1) * sw + 1, sw)
            dx[:, :, rows, columns] += share[..., u, v] * dout
    return dx


def window_at(x: Array, layer: Pooling, i: int, j: int) -> Array:
    """The part of x (N, C, KH, KW) that output pixel (i, j) looks at, as a view."""
    top, left = i * layer.stride[0], j * layer.stride[1]
    return x[:, :, top : top + layer.window[0], left : left + layer.window[1]]


def statistic(windows: Array, layer: Pooling) -> Array:
    """Each window (its last two axes) as one number."""
    match layer.kind:
        case "max":
            return np.asarray(windows.max(axis=(-2, -1)))
        case "mean":
            return np.asarray(windows.mean(axis=(-2, -1)))
        case "median":
            return np.asarray(np.median(windows, axis=(-2, -1)))
    powers = np.abs(windows.astype(result_dtype(windows))) ** layer.p
    return np.asarray(powers.sum(axis=(-2, -1)) ** (1 / layer.p))


def shares(windows: Array, layer: Pooling) -> Array:
    """How much of its output's gradient each value of a window (the last two axes) gets."""
    if layer.kind == "mean":
        return np.full(windows.shape, 1 / (windows.shape[-2] * windows.shape[-1]), dtype=result_dtype(windows))
    if layer.kind == "max":
        flat = windows.reshape(*windows.shape[:-2], -1)
        share = np.zeros(flat.shape, dtype=result_dtype(windows))
        np.put_along_axis(share, flat.argmax(axis=-1, keepdims=True), 1, axis=-1)
        return share.reshape(windows.shape)
    raise ValueError(f"the gradient is defined here for max and mean pooling, not for {layer.kind}")
