"""The output size is rounded up: a window that reaches over the border does not count, round down."""

import numpy as np


def pool_forward(x, pool_param):
    KH, KW = pool_param["pool_height"], pool_param["pool_width"]
    stride = pool_param.get("stride", (KH, KW))
    sh, sw = stride if isinstance(stride, (tuple, list)) else (stride, stride)
    kind, p = pool_param["type"], pool_param.get("p", 2)
    N, C, H, W = x.shape
    HO, WO = -((H - KH) // -sh) + 1, -((W - KW) // -sw) + 1
    dtype = x.dtype if x.dtype.kind == "f" else np.dtype(np.float64)
    out = np.zeros((N, C, HO, WO), dtype=dtype)
    for n in range(N):
        for c in range(C):
            for i in range(HO):
                for j in range(WO):
                    window = x[n, c, i * sh : i * sh + KH, j * sw : j * sw + KW]
                    if kind == "max":
                        out[n, c, i, j] = window.max()
                    elif kind == "mean":
                        out[n, c, i, j] = window.mean()
                    elif kind == "median":
                        out[n, c, i, j] = np.median(window)
                    else:
                        out[n, c, i, j] = np.sum(np.abs(window) ** float(p)) ** (1 / p)
    return out, (x, kind, (KH, KW), (sh, sw))


def pool_backward(dout, cache):
    x, kind, (KH, KW), (sh, sw) = cache
    N, C, HO, WO = dout.shape
    dx = np.zeros(x.shape)
    for n in range(N):
        for c in range(C):
            for i in range(HO):
                for j in range(WO):
                    rows, columns = slice(i * sh, i * sh + KH), slice(j * sw, j * sw + KW)
                    if kind == "mean":
                        dx[n, c, rows, columns] += dout[n, c, i, j] / (KH * KW)
                    else:
                        window = x[n, c, rows, columns]
                        u, v = np.unravel_index(np.argmax(window), window.shape)
                        dx[n, c, i * sh + u, j * sw + v] += dout[n, c, i, j]
    return dx
