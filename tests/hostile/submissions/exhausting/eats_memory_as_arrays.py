"""Takes memory as NumPy arrays and touches all of it. Success: a point, or a worker that dies."""

import numpy as np


def double(x, factor):
    hoard = []
    while True:
        hoard.append(np.ones(1 << 20))


def back(cache):
    return np.ones(1 << 36)
