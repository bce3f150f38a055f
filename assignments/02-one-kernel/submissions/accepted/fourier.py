"""The full convolution as a product of Fourier transforms that leave room for all of it."""

import numpy as np


def convolve2d(v, k, mode):
    (H, W), (KH, KW) = v.shape, k.shape
    dtype = np.result_type(v, k)
    dtype = dtype if dtype.kind == "f" else np.dtype(np.float64)
    size = (H + KH - 1, W + KW - 1)
    z = np.fft.irfft2(np.fft.rfft2(v, size) * np.fft.rfft2(k, size), size).astype(dtype)
    top, left, height, width = {
        "full": (0, 0, *size),
        "same": ((KH - 1) // 2, (KW - 1) // 2, H, W),
        "valid": (KH - 1, KW - 1, H - KH + 1, W - KW + 1),
    }[mode]
    return z[top : top + height, left : left + width]


def correlate2d(x, k):
    return convolve2d(x, k[::-1, ::-1], "valid")
