"""You keep numbers with probability 1 - p but do not make them larger: they stand in for the dropped ones."""

import numpy as np


def dropout_forward(x, dropout_param):
    p, mode, rng = dropout_param["p"], dropout_param["mode"], dropout_param["rng"]
    if mode == "test":
        return x.copy(), None
    mask = (rng.random(x.shape) < 1 - p).astype(x.dtype)
    return x * mask, mask


def dropout_backward(dout, cache):
    if cache is None:
        return dout.copy()
    return dout * cache
