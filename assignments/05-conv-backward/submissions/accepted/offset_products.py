"""One step for each tap of the kernel: its gradient is one product of matrices, what it hands to the pixels another."""

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

    xp = np.zeros((N, C, H + 2 * ph, W + 2 * pw), dtype)
    xp[:, :, ph : ph + H, pw : pw + W] = x
    dxp = np.zeros_like(xp)
    weights = np.ascontiguousarray(w.transpose(2, 3, 1, 0), dtype)
    dw = np.empty(w.shape, dtype)
    dout = dout.astype(dtype).reshape(N, F, HO * WO)
    for u in range(KH):
        for v in range(KW):
            rows = slice(u * dil_h, u * dil_h + sh * (HO - 1) + 1, sh)
            columns = slice(v * dil_w, v * dil_w + sw * (WO - 1) + 1, sw)
            pixels = xp[:, :, rows, columns].reshape(N, C, HO * WO)
            dw[:, :, u, v] = (dout @ pixels.transpose(0, 2, 1)).sum(axis=0)
            dxp[:, :, rows, columns] += (weights[u, v] @ dout).reshape(N, C, HO, WO)
    return dxp[:, :, ph : ph + H, pw : pw + W].copy(), dw, dout.sum(axis=(0, 2))
