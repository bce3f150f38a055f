"""You divide by the share that happened to survive: divide by 1 - p, which does not change with the draw."""

import numpy as np


def dropout_forward(x, dropout_param):
    p, mode, rng = dropout_param["p"], dropout_param["mode"], dropout_param["rng"]
    if mode == "test":
        return x.copy(), None
    mask = (rng.random(x.shape) >= p).astype(x.dtype)
    if mask.any():
        mask /= mask.mean(dtype=x.dtype)
    return x * mask, mask


def dropout_backward(dout, cache):
    if cache is None:
        return dout.copy()
    return dout * cache
