"""Every window becomes a column of a matrix, found by tables of row and column numbers; one matrix product gives all maps."""

import numpy as np


def pair(value):
    return tuple(value) if isinstance(value, (tuple, list)) else (value, value)


def places(kernel, outputs, stride, dilation):
    """Index table (kernel, outputs): the pixel under each tap at each position."""
    return dilation * np.arange(kernel)[:, None] + stride * np.arange(outputs)[None, :]


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
    rows, columns = places(KH, HO, sh, dh), places(KW, WO, sw, dw)
    # (N, C, KH, HO, KW, WO) -> (C, KH, KW, N, HO, WO)
    patches = padded[:, :, rows[:, :, None, None], columns[None, None]]
    patches = patches.transpose(1, 2, 4, 0, 3, 5).reshape(C * KH * KW, N * HO * WO)
    maps = w.reshape(F, -1).astype(dtype) @ patches.astype(dtype)
    out = maps.reshape(F, N, HO, WO).transpose(1, 0, 2, 3) + b.astype(dtype)[None, :, None, None]
    return np.ascontiguousarray(out), (patches, x.shape, w, b, conv_param)
