"""Image by image, the taps of one kernel row side by side in memory: one large product a row, added up in place."""

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

    kernel_rows = w.transpose(2, 0, 3, 1).reshape(KH, F, KW * C).astype(dtype)
    bias = b.astype(dtype)[:, None]
    # One image at a time, in memory that is used again: all of it stays in the processor's caches.
    image = np.zeros((C, H + 2 * ph, W + 2 * pw), dtype)
    strips = np.empty((KW, C, H + 2 * ph, WO), dtype)
    part = np.empty((F, HO * WO), dtype)
    out = np.empty((N, F, HO * WO), dtype)
    for n in range(N):
        image[:, ph : ph + H, pw : pw + W] = x[n]
        for v in range(KW):
            strips[v] = image[:, :, v * dw : v * dw + sw * (WO - 1) + 1 : sw]
        for u in range(KH):
            rows = strips[:, :, u * dh : u * dh + sh * (HO - 1) + 1 : sh]
            # Without a stride along the height this is still a view: the strips of three taps serve nine.
            rows = rows.reshape(KW * C, HO * WO)
            if u == 0:
                np.matmul(kernel_rows[u], rows, out=out[n])
            else:
                out[n] += np.matmul(kernel_rows[u], rows, out=part)
        out[n] += bias
    return out.reshape(N, F, HO, WO), (x, w, b, conv_param)
