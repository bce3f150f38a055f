"""Your Fourier transform has only the image's size: what leaves on one side comes back on the other."""

import numpy as np


def floating(*arrays):
    dtype = np.result_type(*arrays)
    return dtype if dtype.kind == "f" else np.dtype(np.float64)


def correlate2d(x, k):
    return convolve2d(x, k[::-1, ::-1], "valid")


def convolve2d(v, k, mode):
    (H, W), (KH, KW) = v.shape, k.shape
    size = (max(H, KH), max(W, KW))
    z = np.fft.irfft2(np.fft.rfft2(v, size) * np.fft.rfft2(k, size), size).astype(floating(v, k))
    if mode == "full":
        return np.pad(z, ((0, H + KH - 1 - size[0]), (0, W + KW - 1 - size[1])))
    if mode == "same":
        return np.roll(z, (-((KH - 1) // 2), -((KW - 1) // 2)), axis=(0, 1))[:H, :W]
    return z[KH - 1 : H, KW - 1 : W]
