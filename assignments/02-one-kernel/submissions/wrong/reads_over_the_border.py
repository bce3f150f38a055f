"""Your map has the image's size, with windows cut off at the border: only whole windows count here."""

import numpy as np


def floating(*arrays):
    dtype = np.result_type(*arrays)
    return dtype if dtype.kind == "f" else np.dtype(np.float64)


def correlate2d(x, k):
    (H, W), (KH, KW) = x.shape, k.shape
    dtype = floating(x, k)
    out = np.zeros((H, W), dtype=dtype)
    for i in range(H):
        for j in range(W):
            window = x[i : i + KH, j : j + KW].astype(dtype)
            out[i, j] = np.sum(window * k[: window.shape[0], : window.shape[1]])
    return out


def convolve2d(v, k, mode):
    KH, KW = k.shape
    if mode == "full":
        v = np.pad(v, ((KH - 1, 0), (KW - 1, 0)))
        v = np.pad(v, ((0, KH - 1), (0, KW - 1)))
    elif mode == "same":
        v = np.pad(v, ((KH // 2, (KH - 1) // 2), (KW // 2, (KW - 1) // 2)))
    return correlate2d(v, k[::-1, ::-1])
