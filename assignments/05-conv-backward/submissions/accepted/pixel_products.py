"""A loop over the output pixels alone: at each, one matrix product for its windows and one for the kernels."""

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
    dtype = np.result_type(dout, x, w)
    dtype = dtype if dtype.kind == "f" else np.dtype(np.float64)

    xp = np.pad(x.astype(dtype), ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    dxp, dw = np.zeros_like(xp), np.zeros((F, C * KH * KW), dtype)
    kernels = w.reshape(F, -1).astype(dtype)
    dout = dout.astype(dtype)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            rows = slice(i * sh, i * sh + dil_h * (KH - 1) + 1, dil_h)
            columns = slice(j * sw, j * sw + dil_w * (KW - 1) + 1, dil_w)
            gradient = dout[:, :, i, j]
            dw += gradient.T @ xp[:, :, rows, columns].reshape(N, -1)
            dxp[:, :, rows, columns] += (gradient @ kernels).reshape(N, C, KH, KW)
    return dxp[:, :, ph : ph + H, pw : pw + W].copy(), dw.reshape(w.shape), dout.sum(axis=(0, 2, 3))
