"""The formula as loops over images, kernels and output pixels."""

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
    if not np.issubdtype(dtype, np.floating):
        dtype = np.float64
    padded = np.zeros((N, C, H + 2 * ph, W + 2 * pw), dtype=dtype)
    padded[:, :, ph : ph + H, pw : pw + W] = x

    out = np.zeros((N, F, HO, WO), dtype=dtype)
    for n in range(N):
        for f in range(F):
            for i in range(HO):
                for j in range(WO):
                    top, left = i * sh, j * sw
                    window = padded[n, :, top : top + dh * (KH - 1) + 1 : dh, left : left + dw * (KW - 1) + 1 : dw]
                    out[n, f, i, j] = np.sum(window * w[f]) + b[f]
    return out, (x, w, b, conv_param)
