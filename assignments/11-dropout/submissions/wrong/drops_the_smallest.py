"""You drop the numbers with the smallest absolute values: dropout chooses at random, whatever the values are."""

import numpy as np


def dropout_forward(x, dropout_param):
    p, mode, rng = dropout_param["p"], dropout_param["mode"], dropout_param["rng"]
    if mode == "test":
        return x.copy(), None
    order = np.abs(x + 1e-9 * rng.random(x.shape)).ravel().argsort()
    mask = np.ones(x.size, dtype=x.dtype)
    mask[order[: rng.binomial(x.size, p)]] = 0
    mask = mask.reshape(x.shape) / x.dtype.type(max(1 - p, 1e-30))
    return x * mask, mask


def dropout_backward(dout, cache):
    if cache is None:
        return dout.copy()
    return dout * cache
