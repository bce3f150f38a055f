"""Image by image, the taps of one kernel row side by side in memory: two large products a row, folded back at the end."""

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
    across = [slice(u * dil_h, u * dil_h + sh * (HO - 1) + 1, sh) for u in range(KH)]
    along = [slice(v * dil_w, v * dil_w + sw * (WO - 1) + 1, sw) for v in range(KW)]

    dout = dout.astype(dtype).reshape(N, F, HO * WO)
    kernel_rows = w.transpose(2, 3, 1, 0).reshape(KH, KW * C, F).astype(dtype)
    dw_rows = np.zeros((KH, F, KW * C), dtype)
    # One image at a time, in memory that is used again: all of it stays in the processor's caches.
    image = np.zeros((C, H + 2 * ph, W + 2 * pw), dtype)
    strips = np.empty((KW, C, H + 2 * ph, WO), dtype)
    dx = np.empty(x.shape, dtype)
    for n in range(N):
        image[:, ph : ph + H, pw : pw + W] = x[n]
        for v in range(KW):
            strips[v] = image[:, :, along[v]]
        handed_back = np.zeros_like(strips)
        for u in range(KH):
            rows = strips[:, :, across[u]].reshape(KW * C, HO * WO)
            dw_rows[u] += dout[n] @ rows.T
            handed_back[:, :, across[u]] += (kernel_rows[u] @ dout[n]).reshape(KW, C, HO, WO)
        dimage = np.zeros_like(image)
        for v in range(KW):
            dimage[:, :, along[v]] += handed_back[v]
        dx[n] = dimage[:, ph : ph + H, pw : pw + W]
    dw = dw_rows.reshape(KH, F, KW, C).transpose(1, 3, 0, 2).copy()
    return dx, dw, dout.sum(axis=(0, 2))
