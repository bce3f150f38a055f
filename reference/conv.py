"""The convolution layer, forward and backward: cross-correlation with stride, zero padding and dilation.

    out[n, f, i, j] = b[f] + sum over c, u, v of w[f, c, u, v] * xp[n, c, i*sh + u*dh, j*sw + v*dw]

xp is x with `pad` zeros around every image. (I. Goodfellow, Y. Bengio, A. Courville, Deep Learning, eq. 9.6, with
stride as in eq. 9.8.) The gradients follow by the chain rule, eq. 9.11 to 9.13 there: an output hands its gradient to
every tap, times the pixel under it, and to every pixel under the kernel, times the tap's weight.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from reference.sizes import extent, output_size, pair

Array: TypeAlias = npt.NDArray[Any]
Cache: TypeAlias = tuple[Array, Array, Array, Mapping[str, Any]]

SETTINGS = {"stride", "pad", "dilation"}


@dataclass(frozen=True, slots=True)
class Geometry:
    """Where a kernel is laid on an image; each pair is (along the height, along the width)."""

    stride: tuple[int, int]
    pad: tuple[int, int]
    dilation: tuple[int, int]
    output: tuple[int, int]
    extent: tuple[int, int]


def conv_forward(x: Array, w: Array, b: Array, conv_param: Mapping[str, Any]) -> tuple[Array, Cache]:
    """Convolve a batch of images, one output pixel at a time.

    x: images (N, C, H, W); w: kernels (F, C, KH, KW); b: biases (F,); conv_param: `stride`, `pad` and `dilation`, each
    an integer or a pair (height, width), by default 1, 0 and 1. Returns the maps (N, F, HO, WO) and what a backward
    pass would need. Raises ValueError for shapes or settings that do not fit together.
    """
    place = geometry(x, w, b, conv_param)
    (sh, sw), (dh, dw), (eh, ew) = place.stride, place.dilation, place.extent
    dtype = result_dtype(x, w)
    xp = zero_padded(x.astype(dtype), place.pad)
    out = np.empty((len(x), len(w), *place.output), dtype)
    for i in range(place.output[0]):
        for j in range(place.output[1]):
            window = xp[:, :, i * sh : i * sh + eh : dh, j * sw : j * sw + ew : dw]
            out[:, :, i, j] = np.tensordot(window, w, axes=([1, 2, 3], [1, 2, 3])) + b
    return out, (x, w, b, conv_param)


def conv_forward_im2col(x: Array, w: Array, b: Array, conv_param: Mapping[str, Any]) -> tuple[Array, Cache]:
    """The same layer as one matrix product: every window becomes a row, every kernel a column.

    Arguments, results and errors as for `conv_forward`. Memory: N·HO·WO·C·KH·KW numbers.
    """
    place = geometry(x, w, b, conv_param)
    (sh, sw), (dh, dw) = place.stride, place.dilation
    windows = np.lib.stride_tricks.sliding_window_view(zero_padded(x, place.pad), place.extent, axis=(2, 3))
    windows = windows[:, :, ::sh, ::sw, ::dh, ::dw]  # (N, C, HO, WO, KH, KW), still without a copy
    rows = windows.transpose(0, 2, 3, 1, 4, 5).reshape(-1, w[0].size)
    columns = w.reshape(len(w), -1).T
    maps = rows.astype(result_dtype(x, w), copy=False) @ columns + b
    out = maps.reshape(len(x), *place.output, len(w)).transpose(0, 3, 1, 2)
    return np.ascontiguousarray(out, dtype=result_dtype(x, w)), (x, w, b, conv_param)


def conv_backward(dout: Array, cache: Cache) -> tuple[Array, Array, Array]:
    """The gradients of a loss with respect to x, w and b, one output pixel at a time.

    dout: the loss's gradient with respect to the maps (N, F, HO, WO); cache: (x, w, b, conv_param) as `conv_forward`
    returns it. Returns dx (N, C, H, W), dw (F, C, KH, KW) and db (F,), of the floating type that dout, x and w give
    together. A pixel that no window covers gets 0. Raises ValueError for shapes or settings that do not fit together.
    """
    x, w, b, conv_param = cache
    place = geometry(x, w, b, conv_param)
    if dout.shape != (len(x), len(w), *place.output):
        raise ValueError(f"dout must have the maps' shape {(len(x), len(w), *place.output)}, not {dout.shape}")
    (sh, sw), (ph, pw), (dh, dw), (eh, ew) = place.stride, place.pad, place.dilation, place.extent
    dtype = result_dtype(dout, x, w)
    dout, xp = dout.astype(dtype), zero_padded(x, place.pad)
    padded_gradient, kernels_gradient = np.zeros(xp.shape, dtype), np.zeros(w.shape, dtype)
    for i in range(place.output[0]):
        for j in range(place.output[1]):
            window = (..., slice(i * sh, i * sh + eh, dh), slice(j * sw, j * sw + ew, dw))
            padded_gradient[window] += np.tensordot(dout[:, :, i, j], w, axes=1)
            kernels_gradient += np.tensordot(dout[:, :, i, j], xp[window], axes=([0], [0]))
    rows, columns = slice(ph, ph + x.shape[2]), slice(pw, pw + x.shape[3])
    return padded_gradient[:, :, rows, columns].copy(), kernels_gradient, dout.sum(axis=(0, 2, 3))


def geometry(x: Array, w: Array, b: Array, conv_param: Mapping[str, Any]) -> Geometry:
    """Where the kernels lie. Raises ValueError for shapes or settings that do not fit together."""
    if x.ndim != 4 or w.ndim != 4:
        raise ValueError(f"x and w must have four axes, not {x.ndim} and {w.ndim}")
    if x.shape[1] != w.shape[1]:
        raise ValueError(f"x has {x.shape[1]} channels but the kernels expect {w.shape[1]}")
    if b.shape != (len(w),):
        raise ValueError(f"b must have one bias per kernel, shape ({len(w)},), not {b.shape}")
    unknown = sorted(set(conv_param) - SETTINGS)
    if unknown:
        raise ValueError(f"conv_param knows stride, pad and dilation, not {', '.join(unknown)}")
    stride = pair(conv_param.get("stride", 1), "stride", 1)
    pad = pair(conv_param.get("pad", 0), "pad", 0)
    dilation = pair(conv_param.get("dilation", 1), "dilation", 1)
    sides = zip(x.shape[2:], w.shape[2:], stride, pad, dilation, strict=True)
    height, width = (output_size(*side) for side in sides)
    spans = extent(w.shape[2], dilation[0]), extent(w.shape[3], dilation[1])
    return Geometry(stride, pad, dilation, (height, width), spans)


def zero_padded(x: Array, pad: tuple[int, int]) -> Array:
    """x (N, C, H, W) with `pad` rows and columns of zeros on both sides of every image."""
    return np.pad(x, ((0, 0), (0, 0), (pad[0], pad[0]), (pad[1], pad[1])))


def result_dtype(*arrays: Array) -> np.dtype[Any]:
    """The floating type that these arrays give together; integers count as float64."""
    dtype = np.result_type(*arrays)
    return dtype if np.issubdtype(dtype, np.floating) else np.dtype(np.float64)
