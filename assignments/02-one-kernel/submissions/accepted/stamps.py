"""Every pixel stamps the kernel onto the full convolution; the other modes are cut out of it."""

import numpy as np


def convolve2d(v, k, mode):
    dtype = np.result_type(v, k)
    if not np.issubdtype(dtype, np.floating):
        dtype = np.float64
    (H, W), (KH, KW) = v.shape, k.shape
    z = np.zeros((H + KH - 1, W + KW - 1), dtype=dtype)
    for i in range(H):
        for j in range(W):
            z[i : i + KH, j : j + KW] += v[i, j].astype(dtype) * k
    if mode == "same":
        return z[(KH - 1) // 2 :, (KW - 1) // 2 :][:H, :W]
    if mode == "valid":
        return z[KH - 1 : H, KW - 1 : W]
    return z


def correlate2d(x, k):
    return convolve2d(x, k[::-1, ::-1], "valid")
