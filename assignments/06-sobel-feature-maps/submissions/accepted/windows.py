"""Windows as a view, einsum for the layer, broadcasting for the display, shapes from a real sweep."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

SMOOTH, DIFFERENCE = np.array([1, 2, 1]), np.array([-1, 0, 1])


def as_float(array):
    return array if np.issubdtype(array.dtype, np.floating) else array.astype(np.float64)


def feature_maps(img, kernels, relu=True):
    img, kernels = as_float(img), as_float(kernels)
    windows = sliding_window_view(img, kernels.shape[2:], axis=(1, 2))
    maps = np.einsum("cijuv,fcuv->fij", windows, kernels)
    if relu:
        maps[maps < 0] = 0
    return maps


def sobel(img):
    img = as_float(img)
    kernels = np.stack([np.outer(SMOOTH, DIFFERENCE), np.outer(DIFFERENCE, SMOOTH)]).astype(img.dtype)
    gx, gy = feature_maps(img[None], kernels[:, None], relu=False)
    return gx, gy, np.hypot(gx, gy)


def to_display(maps, mode="minmax"):
    flat = maps.reshape(len(maps), -1).astype(np.float64)
    if mode == "symmetric":
        scale = np.abs(flat).max(axis=1)
        shifted, factor, offset = flat, 127, 128
    else:
        shifted = flat - flat.min(axis=1, keepdims=True)
        scale = shifted.max(axis=1)
        factor, offset = 255, 0
    scale[scale == 0] = 1
    return (offset + factor * shifted / scale[:, None] + 0.5).astype(np.uint8).reshape(maps.shape)


def sweep(img, kernel, strides, pads):
    sizes = {}
    for pad in pads:
        windows = sliding_window_view(np.pad(img, pad), kernel.shape)
        for stride in strides:
            sizes[stride, pad] = windows[::stride, ::stride].shape[:2]
    return sizes
