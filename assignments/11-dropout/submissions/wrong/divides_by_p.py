"""You divide by p: the share that is left is 1 - p, so the survivors are divided by that."""

import numpy as np


def dropout_forward(x, dropout_param):
    p, mode, rng = dropout_param["p"], dropout_param["mode"], dropout_param["rng"]
    if mode == "test":
        return x.copy(), None
    if p == 0:
        mask = np.ones_like(x)
    else:
        mask = (rng.random(x.shape) >= p) / x.dtype.type(p)
    return x * mask, mask


def dropout_backward(dout, cache):
    if cache is None:
        return dout.copy()
    return dout * cache
