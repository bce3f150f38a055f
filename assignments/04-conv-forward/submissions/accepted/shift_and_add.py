"""A loop over the taps of the kernel alone: each adds its weight times the shifted image."""

import numpy as np


def pair(value):
    return tuple(value) if isinstance(value, (tuple, list)) else (value, value)


def conv_forward(x, w, b, conv_param):
    (sh, sw), (ph, pw), (dh, dw) = (
        pair(conv_param.get(key, default)) for key, default in (("stride", 1), ("pad", 0), ("dilation", 1))
    )
    KH, KW = w.shape[2:]
    dtype = np.result_type(x, w) if np.result_type(x, w).kind == "f" else np.dtype("float64")
    xp = np.pad(x.astype(dtype), [(0, 0), (0, 0), (ph, ph), (pw, pw)])
    HO = (xp.shape[2] - dh * (KH - 1) - 1) // sh + 1
    WO = (xp.shape[3] - dw * (KW - 1) - 1) // sw + 1
    out = np.zeros((x.shape[0], w.shape[0], HO, WO), dtype=dtype)
    out += b[None, :, None, None].astype(dtype)
    for u in range(KH):
        for v in range(KW):
            rows = slice(u * dh, u * dh + sh * (HO - 1) + 1, sh)
            columns = slice(v * dw, v * dw + sw * (WO - 1) + 1, sw)
            out += np.einsum("fc,nchw->nfhw", w[:, :, u, v].astype(dtype), xp[:, :, rows, columns])
    return out, (xp, w, b, conv_param)
