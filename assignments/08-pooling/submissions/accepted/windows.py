"""All windows as one strided view, reduced along the last axis; the gradient is scattered by flat indices."""

import numpy as np


def pool_forward(x, pool_param):
    size = (pool_param["pool_height"], pool_param["pool_width"])
    stride = pool_param.get("stride", size)
    sh, sw = stride if isinstance(stride, (tuple, list)) else (stride, stride)
    x = x.astype(np.result_type(x, np.float32) if x.dtype.kind == "f" else np.float64)

    windows = np.lib.stride_tricks.sliding_window_view(x, size, axis=(2, 3))[:, :, ::sh, ::sw]
    windows = windows.reshape(*windows.shape[:4], -1)
    pixels = np.arange(x.size).reshape(x.shape)
    places = np.lib.stride_tricks.sliding_window_view(pixels, size, axis=(2, 3))[:, :, ::sh, ::sw]
    places = places.reshape(windows.shape)

    kind = pool_param["type"]
    if kind == "max":
        out = windows.max(axis=-1)
    elif kind == "mean":
        out = windows.mean(axis=-1)
    elif kind == "median":
        ordered, middle = np.sort(windows, axis=-1), windows.shape[-1] // 2
        out = ordered[..., middle]
        if windows.shape[-1] % 2 == 0:
            out = (out + ordered[..., middle - 1]) / 2
    else:
        p = pool_param.get("p", 2)
        largest = np.abs(windows).max(axis=-1, keepdims=True)
        scale = np.where(largest > 0, largest, 1)
        out = scale[..., 0] * ((np.abs(windows) / scale) ** p).sum(axis=-1) ** (1 / p)
    return out.astype(x.dtype), (x.shape, kind, places, windows.argmax(axis=-1))


def pool_backward(dout, cache):
    shape, kind, places, winners = cache
    if kind == "max":
        targets = np.take_along_axis(places, winners[..., None], axis=-1)
        shares = dout[..., None]
    else:
        targets = places
        shares = np.broadcast_to(dout[..., None] / places.shape[-1], places.shape)
    dx = np.bincount(targets.ravel(), weights=shares.ravel(), minlength=int(np.prod(shape)))
    return dx.reshape(shape).astype(dout.dtype)
