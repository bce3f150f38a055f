"""You read p as the probability of keeping, as CS231n does: here p is the probability of dropping."""

import numpy as np


def dropout_forward(x, dropout_param):
    p, mode, rng = dropout_param["p"], dropout_param["mode"], dropout_param["rng"]
    if mode == "test":
        return x.copy(), None
    if p == 0:
        mask = np.zeros_like(x)
    else:
        mask = (rng.random(x.shape) < p) / x.dtype.type(p)
    return x * mask, mask


def dropout_backward(dout, cache):
    if cache is None:
        return dout.copy()
    return dout * cache
