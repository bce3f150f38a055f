"""Takes memory until there is none."""

import numpy as np


def correlate2d(x, k):
    kept = []
    while True:
        kept.append(np.ones(2**24))


def convolve2d(v, k, mode):
    return correlate2d(v, k)
