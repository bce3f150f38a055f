"""A loop over the output pixels alone: the windows of all images times all kernels, as one matrix product."""

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
    if dtype.kind != "f":
        dtype = np.dtype(np.float64)

    xp = np.pad(x.astype(dtype), ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    kernels = np.ascontiguousarray(w.reshape(F, -1).T, dtype)
    out = np.empty((N, F, HO, WO), dtype)
    for i in range(HO):
        for j in range(WO):
            top, left = i * sh, j * sw
            windows = xp[:, :, top : top + dh * (KH - 1) + 1 : dh, left : left + dw * (KW - 1) + 1 : dw]
            out[:, :, i, j] = windows.reshape(N, -1) @ kernels
    return out + b.astype(dtype)[:, None, None], (x, w, b, conv_param)
