"""Every window becomes a column of a matrix, filled tap by tap with shifted images; one matrix product an image."""

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

    padded = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    columns = np.empty((N, C, KH, KW, HO, WO), dtype=dtype)
    for u in range(KH):
        for v in range(KW):
            top, left = u * dh, v * dw
            columns[:, :, u, v] = padded[:, :, top : top + sh * (HO - 1) + 1 : sh, left : left + sw * (WO - 1) + 1 : sw]
    columns = columns.reshape(N, C * KH * KW, HO * WO)
    out = (w.reshape(F, -1).astype(dtype) @ columns).reshape(N, F, HO, WO)
    out += b[:, None, None]
    return out, (columns, x.shape, w, b, conv_param)
