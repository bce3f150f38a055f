"""Your image goes on at the opposite side: outside of it there are zeros, it does not wrap around."""

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
        v = np.pad(v, ((KH - 1, KH - 1), (KW - 1, KW - 1)), mode="wrap")
    elif mode == "same":
        v = np.pad(v, ((KH // 2, (KH - 1) // 2), (KW // 2, (KW - 1) // 2)), mode="wrap")
    return correlate2d(v, k[::-1, ::-1])
