"""Windows as columns, one product for the kernels and one for the columns' gradients; these are added back tap by tap."""

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
    taps = [
        (
            *(u, v),
            slice(u * dil_h, u * dil_h + sh * (HO - 1) + 1, sh),
            slice(v * dil_w, v * dil_w + sw * (WO - 1) + 1, sw),
        )
        for u in range(KH)
        for v in range(KW)
    ]

    padded = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    columns = np.empty((N, C, KH, KW, HO, WO), dtype)
    for u, v, across, along in taps:
        columns[:, :, u, v] = padded[:, :, across, along]
    dout = dout.astype(dtype).reshape(N, F, HO * WO)
    dw = (dout @ columns.reshape(N, -1, HO * WO).transpose(0, 2, 1)).sum(axis=0)

    handed_back = (w.reshape(F, -1).T.astype(dtype) @ dout).reshape(columns.shape)
    dxp = np.zeros(padded.shape, dtype)
    for u, v, across, along in taps:
        dxp[:, :, across, along] += handed_back[:, :, u, v]
    return dxp[:, :, ph : ph + H, pw : pw + W].copy(), dw.reshape(w.shape), dout.sum(axis=(0, 2))
