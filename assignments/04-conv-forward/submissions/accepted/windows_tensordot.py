"""All windows as one strided view; the sum over channels and taps as a product of two tensors."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


def pair(value):
    return tuple(value) if isinstance(value, (tuple, list)) else (value, value)


def all_windows(x, w, conv_param):
    """Every window of every image without a copy: (N, C, HO, WO, KH, KW)."""
    sh, sw = pair(conv_param.get("stride", 1))
    ph, pw = pair(conv_param.get("pad", 0))
    dh, dw = pair(conv_param.get("dilation", 1))
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    size = dh * (w.shape[2] - 1) + 1, dw * (w.shape[3] - 1) + 1
    return sliding_window_view(xp, size, axis=(2, 3))[:, :, ::sh, ::sw, ::dh, ::dw]


def conv_forward(x, w, b, conv_param):
    dtype = np.result_type(x, w)
    dtype = dtype if dtype.kind == "f" else np.dtype(np.float64)
    windows = all_windows(x.astype(dtype), w, conv_param)
    out = np.tensordot(windows, w.astype(dtype), axes=((1, 4, 5), (1, 2, 3)))  # (N, HO, WO, F)
    return np.ascontiguousarray(out.transpose(0, 3, 1, 2)) + b.astype(dtype)[:, None, None], (x, w, b, conv_param)
