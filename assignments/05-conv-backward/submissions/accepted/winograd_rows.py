"""Winograd's F(2, 3) and F(3, 2) along the height: four products instead of six, forwards and backwards; else tap by tap.

F(2, 3) gives two rows of a correlation with three: with d0 to d3 for rows of the image and g0 to g2 for those of the
kernel, they are m0 + m1 + m2 and m1 - m2 - m3, where m0 = g0 (d0 - d2), m1 = (g0 + g1 + g2) / 2 (d1 + d2),
m2 = (g0 - g1 + g2) / 2 (d2 - d1), m3 = g2 (d1 - d3). (S. Winograd, Arithmetic complexity of computations, 1980.) dx is
such a correlation, of dout with the kernels turned by half a circle. In dw, the image is the same and two rows of dout
take the kernel's part: read backwards, the same formula gives three rows of dw.
"""

import numpy as np

STEPS = (np.subtract, 0, 2), (np.add, 1, 2), (np.subtract, 2, 1), (np.subtract, 1, 3)


def pair(value):
    return tuple(value) if isinstance(value, (tuple, list)) else (value, value)


class Strips:
    """Mixed rows of an image (C, 2 T + 2, W), for each of KW neighbouring columns: matrices (KW * C, T * width)."""

    def __init__(self, C, T, W, KW, dtype):
        self.T, self.width = T, W - KW + 1
        self.mixed = np.empty((C, T, W), dtype)
        self.strips = np.empty((KW, C, T, self.width), dtype)

    def of(self, image):
        d = [image[:, row : row + 2 * self.T : 2] for row in range(4)]
        for number, (step, first, second) in enumerate(STEPS):
            step(d[first], d[second], out=self.mixed)
            for v, strip in enumerate(self.strips):
                strip[...] = self.mixed[:, :, v : v + self.width]
            yield number, self.strips.reshape(-1, self.T * self.width)


def correlated(images, w):
    """The maps (N, F, 2 T, WO) of images (N, C, 2 T + 2, W) and kernels of three rows (F, C, 3, KW)."""
    N, C, H, W = images.shape
    F, _, _, KW = w.shape
    T, WO = (H - 2) // 2, W - KW + 1
    g0, g1, g2 = w.transpose(2, 0, 3, 1).reshape(3, F, KW * C)
    kernels = g0, (g0 + g1 + g2) / 2, (g0 - g1 + g2) / 2, g2
    strips = Strips(C, T, W, KW, images.dtype)
    m = np.empty((4, F, T * WO), images.dtype)
    out = np.empty((N, F, T, 2, WO), images.dtype)
    for n in range(N):
        for number, matrix in strips.of(images[n]):
            np.matmul(kernels[number], matrix, out=m[number])
        m[0] += m[1]
        m[1] -= m[2]
        np.add(m[0].reshape(F, T, WO), m[2].reshape(F, T, WO), out=out[n, :, :, 0])
        np.subtract(m[1].reshape(F, T, WO), m[3].reshape(F, T, WO), out=out[n, :, :, 1])
    return out.reshape(N, F, 2 * T, WO)


def kernels_gradient(images, dout, KW):
    """dw (F, C, 3, KW) from images (N, C, 2 T + 2, W) and dout (N, F, 2 T, WO)."""
    N, C, _, W = images.shape
    F, rows, WO = dout.shape[1:]
    T = rows // 2
    strips = Strips(C, T, W, KW, images.dtype)
    m = np.zeros((4, F, KW * C), images.dtype)
    for n in range(N):
        upper, lower = dout[n, :, 0::2].reshape(F, T * WO), dout[n, :, 1::2].reshape(F, T * WO)
        mixed = upper, upper + lower, upper - lower, -lower
        for number, matrix in strips.of(images[n]):
            m[number] += mixed[number] @ matrix.T
    half_sum, half_difference = (m[1] + m[2]) / 2, (m[1] - m[2]) / 2
    g = np.stack((m[0] + half_sum, half_difference, half_sum + m[3]))
    return g.reshape(3, F, KW, C).transpose(1, 3, 0, 2).copy()


def in_fields(array, top, left, height, width):
    """The images of an array, each at that place of a field of zeros."""
    fields = np.zeros((*array.shape[:2], height, width), array.dtype)
    fields[:, :, top : top + array.shape[2], left : left + array.shape[3]] = array
    return fields


def three_rows(dout, x, w, ph, pw):
    """dx and dw of kernels with three rows, stride 1 and dilation 1."""
    (N, C, H, W), KW, (HO, WO) = x.shape, w.shape[3], dout.shape[2:]
    even_map, even_image = HO + HO % 2, H + H % 2
    turned = w[:, :, ::-1, ::-1].transpose(1, 0, 2, 3)
    border = in_fields(dout, 2, KW - 1, HO + 4 + H % 2, WO + 2 * KW - 2)
    # Row y of the image is row y + ph of what the whole border would give.
    dx = correlated(border[:, :, ph : ph + even_image + 2, pw : pw + W + KW - 1], turned)[:, :, :H]
    images = in_fields(x, ph, pw, even_map + 2, W + 2 * pw)
    return dx.copy(), kernels_gradient(images, in_fields(dout, 0, 0, even_map, WO), KW)


def tap_by_tap(dout, x, w, stride, pad, dilation):
    """dx and dw of any layer."""
    (sh, sw), (ph, pw), (dil_h, dil_w) = stride, pad, dilation
    (N, C, H, W), (F, HO, WO) = x.shape, dout.shape[1:]
    xp = in_fields(x, ph, pw, H + 2 * ph, W + 2 * pw)
    dxp, dw, flat = np.zeros_like(xp), np.empty_like(w), dout.reshape(N, F, HO * WO)
    for u, v in np.ndindex(*w.shape[2:]):
        rows = slice(u * dil_h, u * dil_h + sh * (HO - 1) + 1, sh)
        columns = slice(v * dil_w, v * dil_w + sw * (WO - 1) + 1, sw)
        dw[:, :, u, v] = np.tensordot(dout, xp[:, :, rows, columns], axes=([0, 2, 3], [0, 2, 3]))
        dxp[:, :, rows, columns] += (w[:, :, u, v].T @ flat).reshape(N, C, HO, WO)
    return dxp[:, :, ph : ph + H, pw : pw + W].copy(), dw


def conv_backward(dout, cache):
    x, w, b, conv_param = cache
    stride, pad, dilation = (pair(conv_param.get(*item)) for item in (("stride", 1), ("pad", 0), ("dilation", 1)))
    dtype = np.result_type(dout, x, w)
    dtype = dtype if dtype.kind == "f" else np.dtype(np.float64)
    dout, x, w = dout.astype(dtype), x.astype(dtype), w.astype(dtype)
    if w.shape[2] == 3 and stride == dilation == (1, 1):
        dx, dw = three_rows(dout, x, w, *pad)
    else:
        dx, dw = tap_by_tap(dout, x, w, stride, pad, dilation)
    return dx, dw, dout.sum(axis=(0, 2, 3))
