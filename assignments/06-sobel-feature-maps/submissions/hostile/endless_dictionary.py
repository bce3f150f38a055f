"""Returns dictionaries that hold themselves, far too many entries, and numbers that are none."""

import numpy as np


def sobel(img):
    return [np.broadcast_to(np.float64(0), (2**15, 2**14))] * 3


def feature_maps(img, kernels, relu=True):
    return np.full(img.shape, object(), dtype=object)


def to_display(maps, mode="minmax"):
    return np.zeros(maps.shape, dtype="M8[s]")


def sweep(img, kernel, strides, pads):
    sizes = {(s, p): 10**5000 for s in strides for p in pads}
    sizes[0, 0] = sizes
    sizes |= {(s, -1): "\x1b[2J" * 1000 for s in range(200_000)}
    return sizes
