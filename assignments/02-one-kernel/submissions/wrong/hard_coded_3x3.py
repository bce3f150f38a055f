"""You count on a kernel of 3×3: its sides are k.shape, and may be even and different."""

import numpy as np


def floating(*arrays):
    dtype = np.result_type(*arrays)
    return dtype if dtype.kind == "f" else np.dtype(np.float64)


def correlate2d(x, k):
    H, W = x.shape
    dtype = floating(x, k)
    out = np.zeros((H - 2, W - 2), dtype=dtype)
    for u in range(3):
        for v in range(3):
            out += k[u, v] * x[u : u + H - 2, v : v + W - 2].astype(dtype)
    return out


def convolve2d(v, k, mode):
    if mode == "full":
        v = np.pad(v, 2)
    elif mode == "same":
        v = np.pad(v, 1)
    return correlate2d(v, k[::-1, ::-1])
