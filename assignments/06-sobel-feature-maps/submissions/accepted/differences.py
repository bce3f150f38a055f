"""Sobel as smoothed differences, the layer as shifted copies, sizes by counting places."""

import numpy as np


def result(*arrays):
    dtype = np.result_type(*arrays)
    return dtype if dtype.kind == "f" else np.float64


def sobel(img):
    img = img.astype(result(img))
    across = img[:, 2:] - img[:, :-2]
    down = img[2:] - img[:-2]
    gx = across[:-2] + 2 * across[1:-1] + across[2:]
    gy = down[:, :-2] + 2 * down[:, 1:-1] + down[:, 2:]
    return gx, gy, (gx * gx + gy * gy) ** 0.5


def feature_maps(img, kernels, relu=True):
    F, C, KH, KW = kernels.shape
    h, w = img.shape[1] - KH + 1, img.shape[2] - KW + 1
    maps = np.zeros((F, h, w), dtype=result(img, kernels))
    for u in range(KH):
        for v in range(KW):
            shifted = img[:, u : u + h, v : v + w].astype(maps.dtype)
            maps += np.tensordot(kernels[:, :, u, v].astype(maps.dtype), shifted, axes=1)
    return maps.clip(min=0) if relu else maps


def one_picture(m, mode):
    m = m.astype(float)
    if mode == "symmetric":
        m, scale, middle = m, np.abs(m).max() / 127, 128
    else:
        m, scale, middle = m - m.min(), np.ptp(m) / 255, 0
    return np.round(middle + m / (scale or 1.0))


def to_display(maps, mode="minmax"):
    return np.array([one_picture(m, mode) for m in maps]).astype(np.uint8)


def places(n, k, stride, pad):
    return len(range(-pad, n + pad - k + 1, stride))


def sweep(img, kernel, strides, pads):
    (H, W), (KH, KW) = img.shape, kernel.shape
    return {(s, p): (places(H, KH, s, p), places(W, KW, s, p)) for s in strides for p in pads}
