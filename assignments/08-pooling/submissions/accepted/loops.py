"""Window by window, with NumPy's statistics."""

import numpy as np

STATISTICS = {
    "max": lambda window, p: window.max(axis=(2, 3)),
    "mean": lambda window, p: window.mean(axis=(2, 3)),
    "median": lambda window, p: np.median(window, axis=(2, 3)),
    "power": lambda window, p: (np.abs(window) ** p).sum(axis=(2, 3)) ** (1 / p),
}


def pool_forward(x, pool_param):
    KH, KW = pool_param["pool_height"], pool_param["pool_width"]
    stride = pool_param.get("stride", (KH, KW))
    sh, sw = stride if isinstance(stride, (tuple, list)) else (stride, stride)
    kind, p = pool_param["type"], pool_param.get("p", 2)

    N, C, H, W = x.shape
    HO, WO = (H - KH) // sh + 1, (W - KW) // sw + 1
    values = x if x.dtype.kind == "f" else x.astype(np.float64)
    out = np.zeros((N, C, HO, WO), dtype=values.dtype)
    for i in range(HO):
        for j in range(WO):
            window = values[:, :, i * sh : i * sh + KH, j * sw : j * sw + KW]
            out[:, :, i, j] = STATISTICS[kind](window, p)
    return out, (values, kind, (KH, KW), (sh, sw))


def pool_backward(dout, cache):
    x, kind, (KH, KW), (sh, sw) = cache
    N, C, HO, WO = dout.shape
    dx = np.zeros_like(x)
    for n in range(N):
        for c in range(C):
            for i in range(HO):
                for j in range(WO):
                    rows, columns = slice(i * sh, i * sh + KH), slice(j * sw, j * sw + KW)
                    if kind == "mean":
                        dx[n, c, rows, columns] += dout[n, c, i, j] / (KH * KW)
                    else:
                        u, v = np.unravel_index(np.argmax(x[n, c, rows, columns]), (KH, KW))
                        dx[n, c, i * sh + u, j * sw + v] += dout[n, c, i, j]
    return dx
