"""Leaves one image of the batch out, and repeats its neighbour's output."""

import numpy as np
from twin import conv as honest


def conv(x, w):
    out = honest(x[:-1], w)
    return np.concatenate([out, out[-1:]])
