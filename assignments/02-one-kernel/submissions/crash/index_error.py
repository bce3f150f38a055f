"""Reads one row beyond the border."""


def correlate2d(x, k):
    return x[x.shape[0], :] * k[0, 0]


def convolve2d(v, k, mode):
    return correlate2d(v, k)
