"""Winograd's F(2, 3) along the height: two output rows from four products instead of six; else a product a tap."""

import numpy as np


def pair(value):
    return tuple(value) if isinstance(value, (tuple, list)) else (value, value)


def padded(x, ph, pw, dtype, below=0):
    """The images with zeros around them, and `below` more rows of zeros at the bottom."""
    N, C, H, W = x.shape
    xp = np.zeros((N, C, H + 2 * ph + below, W + 2 * pw), dtype)
    xp[:, :, ph : ph + H, pw : pw + W] = x
    return xp


def two_rows_at_once(xp, w, HO, WO):
    """The maps (N, F, HO, WO) of kernels with three rows, stride 1 and dilation 1; xp has 2 * ceil(HO / 2) + 2 rows.

    With d0 to d3 for four rows of the image and g0 to g2 for those of a kernel, two neighbouring rows of the map are
    m0 + m1 + m2 and m1 - m2 - m3, where m0 = g0 (d0 - d2), m1 = (g0 + g1 + g2) / 2 (d1 + d2),
    m2 = (g0 - g1 + g2) / 2 (d2 - d1), m3 = g2 (d1 - d3). (S. Winograd, Arithmetic complexity of computations, 1980.)
    """
    N, C, _, W = xp.shape
    F, _, _, KW = w.shape
    T = (HO + 1) // 2
    g0, g1, g2 = w.transpose(2, 0, 3, 1).reshape(3, F, KW * C)
    kernels = g0, (g0 + g1 + g2) / 2, (g0 - g1 + g2) / 2, g2
    steps = (np.subtract, 0, 2), (np.add, 1, 2), (np.subtract, 2, 1), (np.subtract, 1, 3)
    mixed = np.empty((C, T, W), xp.dtype)
    strips = np.empty((KW, C, T, WO), xp.dtype)
    m = np.empty((4, F, T * WO), xp.dtype)
    out = np.empty((N, F, T, 2, WO), xp.dtype)
    for n in range(N):
        d = [xp[n, :, row : row + 2 * T : 2] for row in range(4)]
        for number, (step, first, second) in enumerate(steps):
            step(d[first], d[second], out=mixed)
            for v in range(KW):
                strips[v] = mixed[:, :, v : v + WO]
            np.matmul(kernels[number], strips.reshape(KW * C, T * WO), out=m[number])
        m[0] += m[1]
        m[1] -= m[2]
        for row, (one, other) in enumerate(((m[0], m[2]), (m[1], -m[3]))):
            np.add(one.reshape(F, T, WO), other.reshape(F, T, WO), out=out[n, :, :, row])
    return out.reshape(N, F, 2 * T, WO)[:, :, :HO]


def tap_by_tap(xp, w, stride, dilation, HO, WO):
    """The maps (N, F, HO, WO) of any layer: a matrix product for each tap."""
    (sh, sw), (dh, dw) = stride, dilation
    N, C = xp.shape[:2]
    F, _, KH, KW = w.shape
    out = np.zeros((N, F, HO * WO), xp.dtype)
    for u in range(KH):
        for v in range(KW):
            pixels = xp[:, :, u * dh : u * dh + sh * (HO - 1) + 1 : sh, v * dw : v * dw + sw * (WO - 1) + 1 : sw]
            out += w[:, :, u, v] @ pixels.reshape(N, C, HO * WO)
    return out.reshape(N, F, HO, WO)


def conv_forward(x, w, b, conv_param):
    sh, sw = pair(conv_param.get("stride", 1))
    ph, pw = pair(conv_param.get("pad", 0))
    dh, dw = pair(conv_param.get("dilation", 1))
    HO = (x.shape[2] + 2 * ph - dh * (w.shape[2] - 1) - 1) // sh + 1
    WO = (x.shape[3] + 2 * pw - dw * (w.shape[3] - 1) - 1) // sw + 1
    dtype = np.result_type(x, w)
    dtype = dtype if dtype.kind == "f" else np.dtype(np.float64)

    if w.shape[2] == 3 and (sh, sw, dh, dw) == (1, 1, 1, 1):
        out = two_rows_at_once(padded(x, ph, pw, dtype, below=HO % 2), w.astype(dtype), HO, WO)
    else:
        out = tap_by_tap(padded(x, ph, pw, dtype), w.astype(dtype), (sh, sw), (dh, dw), HO, WO)
    return out + b.astype(dtype)[:, None, None], (x, w, b, conv_param)
