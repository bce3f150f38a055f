"""A loop over the taps of the kernel: each mixes the channels of the shifted image by a matrix product."""

import numpy as np


def pair(value):
    return tuple(value) if isinstance(value, (tuple, list)) else (value, value)


def conv_forward(x, w, b, conv_param):
    sh, sw = pair(conv_param.get("stride", 1))
    ph, pw = pair(conv_param.get("pad", 0))
    dh, dw = pair(conv_param.get("dilation", 1))
    N, C, H, W = x.shape
    F, _, KH, KW = w.shape
    HO = (H + 2 * ph - dh * (KH - 1) - 1) // sh + 1
    WO = (W + 2 * pw - dw * (KW - 1) - 1) // sw + 1
    dtype = np.result_type(x, w)
    dtype = dtype if dtype.kind == "f" else np.dtype(np.float64)

    xp = np.zeros((N, C, H + 2 * ph, W + 2 * pw), dtype)
    xp[:, :, ph : ph + H, pw : pw + W] = x
    weights = np.ascontiguousarray(w.transpose(2, 3, 0, 1), dtype)
    out = np.empty((N, F, HO * WO), dtype)
    out[...] = b[:, None]
    for u in range(KH):
        for v in range(KW):
            pixels = xp[:, :, u * dh : u * dh + sh * (HO - 1) + 1 : sh, v * dw : v * dw + sw * (WO - 1) + 1 : sw]
            out += weights[u, v] @ pixels.reshape(N, C, HO * WO)
    return out.reshape(N, F, HO, WO), (x, w, b, conv_param)
