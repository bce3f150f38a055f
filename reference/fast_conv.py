"""The convolution layer as one matrix product for each tap of the kernel: for answers that are needed by the thousand.

The maps are a sum over the taps (u, v) of w[:, :, u, v] times the pixels under that tap; the gradients follow tap by
tap as well. The formulas and their sources are those of `reference.conv`. Arrays keep their floating type: float64 for
an answer, float32 for a bound on its rounding.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from reference.conv import Array, Cache, Geometry, geometry, result_dtype, zero_padded


def conv_forward_offsets(x: Array, w: Array, b: Array, conv_param: Mapping[str, Any]) -> Array:
    """The maps (N, F, HO, WO) of images (N, C, H, W) under kernels (F, C, KH, KW) with biases (F,).

    Arguments and errors as for `reference.conv.conv_forward`.
    """
    place = geometry(x, w, b, conv_param)
    dtype = result_dtype(x, w)
    xp, weights = zero_padded(x.astype(dtype), place.pad), _taps_first(w.astype(dtype))
    out = np.empty((len(x), len(w), place.output[0] * place.output[1]), dtype)
    out[...] = b[:, None]
    for u, v, pixels in _taps(w, place):
        out += weights[u, v] @ xp[pixels].reshape(*x.shape[:2], -1)
    return out.reshape(len(x), len(w), *place.output)


def conv_backward_offsets(dout: Array, cache: Cache) -> tuple[Array, Array, Array]:
    """The gradients dx (N, C, H, W), dw (F, C, KH, KW) and db (F,) of a loss, from dout (N, F, HO, WO).

    Arguments as for `reference.conv.conv_backward`. Raises ValueError for shapes or settings that do not fit together.
    """
    x, w, b, conv_param = cache
    place = geometry(x, w, b, conv_param)
    if dout.shape != (len(x), len(w), *place.output):
        raise ValueError(f"dout must have the maps' shape {(len(x), len(w), *place.output)}, not {dout.shape}")
    dtype = result_dtype(dout, x, w)
    xp, weights = zero_padded(x.astype(dtype), place.pad), _taps_first(w.astype(dtype))
    flat = dout.astype(dtype).reshape(*dout.shape[:2], -1)
    dxp, dw = np.zeros(xp.shape, dtype), np.empty(weights.shape, dtype)
    for u, v, pixels in _taps(w, place):
        under_tap = xp[pixels].reshape(*x.shape[:2], -1)
        dw[u, v] = (flat @ under_tap.transpose(0, 2, 1)).sum(axis=0)
        dxp[pixels] += (weights[u, v].T @ flat).reshape(*x.shape[:2], *place.output)
    rows, columns = (slice(pad, pad + side) for pad, side in zip(place.pad, x.shape[2:], strict=True))
    return dxp[:, :, rows, columns].copy(), dw.transpose(2, 3, 0, 1).copy(), flat.sum(axis=(0, 2))


def _taps_first(w: Array) -> Array:
    """w (F, C, KH, KW) as (KH, KW, F, C), each tap's matrix in one piece."""
    return np.ascontiguousarray(w.transpose(2, 3, 0, 1))


def _taps(w: Array, place: Geometry) -> Iterator[tuple[int, int, tuple[Any, ...]]]:
    """Each tap, and the index of the pixels under it in the padded images."""
    (sh, sw), (dh, dw), (height, width) = place.stride, place.dilation, place.output
    for u, v in np.ndindex(*w.shape[2:]):
        rows = slice(u * dh, u * dh + sh * (height - 1) + 1, sh)
        columns = slice(v * dw, v * dw + sw * (width - 1) + 1, sw)
        yield u, v, (slice(None), slice(None), rows, columns)
