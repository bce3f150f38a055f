"""Two mistakes at once: your convolution does not flip the kernel, and its 'same' is the upper left part of 'full'."""

import numpy as np


def floating(*arrays):
    dtype = np.result_type(*arrays)
    return dtype if dtype.kind == "f" else np.dtype(np.float64)


def correlate2d(x, k):
    (H, W), (KH, KW) = x.shape, k.shape
    dtype = floating(x, k)
    out = np.zeros((H - KH + 1, W - KW + 1), dtype=dtype)
    for i in range(H - KH + 1):
        for j in range(W - KW + 1):
            window = x[i : i + KH, j : j + KW].astype(dtype)
            out[i, j] = np.sum(window * k)
    return out


def convolve2d(v, k, mode):
    KH, KW = k.shape
    if mode == "full":
        v = np.pad(v, ((KH - 1, KH - 1), (KW - 1, KW - 1)))
    elif mode == "same":
        v = np.pad(v, ((KH - 1, 0), (KW - 1, 0)))
    return correlate2d(v, k)
