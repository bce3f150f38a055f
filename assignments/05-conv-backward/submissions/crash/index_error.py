"""Counts the positions in the wrong array: the index leaves dout."""

import numpy as np


def conv_backward(dout, cache):
    x, w, b, conv_param = cache
    dx = np.zeros(x.shape)
    for i in range(x.shape[2]):
        dx[:, 0, i] += dout[:, 0, i]
    return dx, np.zeros(w.shape), np.zeros(b.shape)
