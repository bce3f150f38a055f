"""dx as a convolution of its own: dout with gaps of zeros, and the kernel flipped; dw as a correlation of x with dout."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


def pair(value):
    return tuple(value) if isinstance(value, (tuple, list)) else (value, value)


def spread(array, step_h, step_w, height, width):
    """The values of the last two axes with gaps of zeros between them, on a field of height x width."""
    wide = np.zeros((*array.shape[:2], height, width), dtype=array.dtype)
    wide[:, :, : (array.shape[2] - 1) * step_h + 1 : step_h, : (array.shape[3] - 1) * step_w + 1 : step_w] = array
    return wide


def conv_backward(dout, cache):
    x, w, b, conv_param = cache
    sh, sw = pair(conv_param.get("stride", 1))
    ph, pw = pair(conv_param.get("pad", 0))
    dil_h, dil_w = pair(conv_param.get("dilation", 1))
    dtype = np.result_type(dout, x, w)
    if dtype.kind != "f":
        dtype = np.dtype(np.float64)
    x, w, dout = x.astype(dtype), w.astype(dtype), dout.astype(dtype)
    H, W = x.shape[2:]
    EH, EW = dil_h * (w.shape[2] - 1) + 1, dil_w * (w.shape[3] - 1) + 1

    # As many values as there would be with stride 1; those that the stride skips are 0.
    fine = spread(dout, sh, sw, H + 2 * ph - EH + 1, W + 2 * pw - EW + 1)
    kernel = spread(w, dil_h, dil_w, EH, EW)

    border = np.pad(fine, ((0, 0), (0, 0), (EH - 1, EH - 1), (EW - 1, EW - 1)))
    windows = sliding_window_view(border, (EH, EW), axis=(2, 3))
    dxp = np.einsum("nfijuv,fcuv->ncij", windows, kernel[:, :, ::-1, ::-1], optimize=True)

    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    windows = sliding_window_view(xp, fine.shape[2:], axis=(2, 3))[:, :, ::dil_h, ::dil_w]
    dw = np.einsum("ncuvij,nfij->fcuv", windows, fine, optimize=True)
    return dxp[:, :, ph : ph + H, pw : pw + W], dw, dout.sum(axis=(0, 2, 3))
