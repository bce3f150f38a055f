"""Every window as a column: two matrix products, and the columns of dx are added back where they came from."""

import numpy as np


def pair(value):
    return tuple(value) if isinstance(value, (tuple, list)) else (value, value)


def conv_backward(dout, cache):
    x, w, b, conv_param = cache
    sh, sw = pair(conv_param.get("stride", 1))
    ph, pw = pair(conv_param.get("pad", 0))
    dil_h, dil_w = pair(conv_param.get("dilation", 1))
    N, C, H, W = x.shape
    F, _, KH, KW = w.shape
    HO, WO = dout.shape[2:]
    dtype = np.result_type(dout, x, w)
    dtype = dtype if dtype.kind == "f" else np.dtype(np.float64)

    # Index tables (C * KH * KW, HO * WO): the channel, row and column of the padded image under each tap.
    c, u, v = (axis.reshape(-1, 1) for axis in np.indices((C, KH, KW)))
    i, j = (axis.reshape(1, -1) for axis in np.indices((HO, WO)))
    rows, columns = u * dil_h + i * sh, v * dil_w + j * sw

    xp = np.pad(x.astype(dtype), ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    gradient = dout.astype(dtype).reshape(N, F, HO * WO)
    dw = np.einsum("nfp,nkp->fk", gradient, xp[:, c, rows, columns]).reshape(w.shape)
    dxp = np.zeros(xp.shape, dtype=dtype)
    np.add.at(dxp, (slice(None), c, rows, columns), w.reshape(F, -1).T.astype(dtype) @ gradient)
    return dxp[:, :, ph : ph + H, pw : pw + W], dw, gradient.sum(axis=(0, 2))
