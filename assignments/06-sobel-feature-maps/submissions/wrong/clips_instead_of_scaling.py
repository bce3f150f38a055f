"""You cut the maps at 0 and 255 instead of scaling them: a map's own range has to fill the grey levels."""

import numpy as np

SOBEL_X = np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]])
SOBEL_Y = np.array([[-1, -2, -1], [0, 0, 0], [1, 2, 1]])


def floating(*arrays):
    dtype = np.result_type(*arrays)
    return dtype if dtype.kind == "f" else np.dtype(np.float64)


def correlate(x, k):
    (H, W), (KH, KW) = x.shape, k.shape
    out = np.zeros((H - KH + 1, W - KW + 1), dtype=floating(x, k))
    for i in range(H - KH + 1):
        for j in range(W - KW + 1):
            out[i, j] = np.sum(x[i : i + KH, j : j + KW] * k)
    return out


def sobel(img):
    img = img.astype(floating(img))
    gx = correlate(img, SOBEL_X.astype(img.dtype))
    gy = correlate(img, SOBEL_Y.astype(img.dtype))
    return gx, gy, np.sqrt(gx**2 + gy**2)


def feature_maps(img, kernels, relu=True):
    dtype = floating(img, kernels)
    img, kernels = img.astype(dtype), kernels.astype(dtype)
    maps = []
    for kernel in kernels:
        maps.append(sum(correlate(plane, weights) for plane, weights in zip(img, kernel)))
    maps = np.stack(maps)
    return np.maximum(maps, 0) if relu else maps


def to_display(maps, mode="minmax"):
    levels = np.zeros(maps.shape, dtype=np.uint8)
    for f, m in enumerate(maps.astype(np.float64)):
        if mode == "minmax":
            low, high = m.min(), m.max()
            levels[f] = np.rint(np.clip(m, 0, 255))
        else:
            largest = np.abs(m).max()
            levels[f] = np.rint(np.clip(m, 0, 255))
    return levels


def sweep(img, kernel, strides, pads):
    sizes = {}
    for s in strides:
        for p in pads:
            h, w = ((n + 2 * p - k) // s + 1 for n, k in zip(img.shape, kernel.shape))
            sizes[(s, p)] = (h, w)
    return sizes
