"""Correlation as a product of spectra, on images that are padded enough for nothing to wrap around."""

import numpy as np


def pair(value):
    return tuple(value) if isinstance(value, (tuple, list)) else (value, value)


def conv_forward(x, w, b, conv_param):
    sh, sw = pair(conv_param.get("stride", 1))
    ph, pw = pair(conv_param.get("pad", 0))
    dh, dw = pair(conv_param.get("dilation", 1))
    dtype = np.result_type(x, w)
    dtype = dtype if dtype in (np.float32, np.float64) else np.dtype(np.float64)

    xp = np.pad(x.astype(dtype), ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    eh, ew = dh * (w.shape[2] - 1) + 1, dw * (w.shape[3] - 1) + 1
    spread = np.zeros((*w.shape[:2], eh, ew), dtype=dtype)
    spread[:, :, ::dh, ::dw] = w

    size = xp.shape[2:]
    # Each frequency has a matrix of its own: images times channels, and channels times kernels.
    images = np.ascontiguousarray(np.fft.rfft2(xp).transpose(2, 3, 0, 1))
    kernels = np.ascontiguousarray(np.fft.rfft2(spread, s=size).conj().transpose(2, 3, 1, 0))
    full = np.fft.irfft2((images @ kernels).transpose(2, 3, 0, 1), s=size)
    # Beyond these positions the kernel would wrap around to the other side of the image.
    valid = full[:, :, : size[0] - eh + 1 : sh, : size[1] - ew + 1 : sw]
    return (valid + b[None, :, None, None]).astype(dtype), (x, w, b, conv_param)
