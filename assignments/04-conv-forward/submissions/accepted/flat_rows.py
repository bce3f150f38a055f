"""The padded image as one long row of pixels: a tap is a shift, so that its matrix product needs no copy of the image."""

import numpy as np


def pair(value):
    return tuple(value) if isinstance(value, (tuple, list)) else (value, value)


def conv_forward(x, w, b, conv_param):
    sh, sw = pair(conv_param.get("stride", 1))
    ph, pw = pair(conv_param.get("pad", 0))
    dh, dw = pair(conv_param.get("dilation", 1))
    N, C, H, W = x.shape
    F, _, KH, KW = w.shape
    # All positions are computed and the strides leave some out: this method is made for stride 1.
    height, width = H + 2 * ph, W + 2 * pw
    rows, columns = height - dh * (KH - 1), width - dw * (KW - 1)
    dtype = np.result_type(x, w)
    dtype = dtype if dtype.kind == "f" else np.dtype(np.float64)

    weights = np.ascontiguousarray(w.transpose(2, 3, 0, 1), dtype)
    image = np.zeros((C, height, width), dtype)
    pixels = image.reshape(C, height * width)
    # From the first position to the last. At the end of each row, some windows reach around the border into the next
    # row: what they give is left out below.
    length = (rows - 1) * width + columns
    total, part = np.empty((F, rows * width), dtype), np.empty((F, length), dtype)
    out = np.empty((N, F, (rows - 1) // sh + 1, (columns - 1) // sw + 1), dtype)
    for n in range(N):
        image[:, ph : ph + H, pw : pw + W] = x[n]
        total[...] = b[:, None]
        for u in range(KH):
            for v in range(KW):
                shift = u * dh * width + v * dw
                total[:, :length] += np.matmul(weights[u, v], pixels[:, shift : shift + length], out=part)
        out[n] = total.reshape(F, rows, width)[:, ::sh, :columns:sw]
    return out, (x, w, b, conv_param)
