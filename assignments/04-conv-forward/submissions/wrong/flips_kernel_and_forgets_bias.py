"""Two mistakes at once: the kernel is flipped (a true convolution), and the bias is never added."""

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
        dtype = np.float64
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    out = np.zeros((N, F, HO, WO), dtype=dtype)
    for n in range(N):
        for f in range(F):
            for i in range(HO):
                for j in range(WO):
                    rows = slice(i * sh, i * sh + dh * (KH - 1) + 1, dh)
                    columns = slice(j * sw, j * sw + dw * (KW - 1) + 1, dw)
                    window = xp[n, :, rows, columns]
                    out[n, f, i, j] = np.sum(window * w[f, :, ::-1, ::-1])
    return out, (x, w, b, conv_param)
