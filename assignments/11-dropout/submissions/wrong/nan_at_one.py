"""You divide by 1 - p even for p = 1: zero times infinity is NaN, with p = 1 everything is 0."""

import numpy as np


def dropout_forward(x, dropout_param):
    p, mode, rng = dropout_param["p"], dropout_param["mode"], dropout_param["rng"]
    if mode == "test":
        return x.copy(), None
    with np.errstate(all="ignore"):
        mask = (rng.random(x.shape) >= p) / x.dtype.type(1 - p)
    return x * mask, mask


def dropout_backward(dout, cache):
    if cache is None:
        return dout.copy()
    return dout * cache
