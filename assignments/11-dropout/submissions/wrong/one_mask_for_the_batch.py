"""You use one mask for all examples: every example of the batch has a mask of its own."""

import numpy as np


def dropout_forward(x, dropout_param):
    p, mode, rng = dropout_param["p"], dropout_param["mode"], dropout_param["rng"]
    if mode == "test":
        return x.copy(), None
    if p == 1:
        mask = np.zeros_like(x)
    else:
        mask = (rng.random((1, *x.shape[1:])) >= p) / x.dtype.type(1 - p)
    return x * mask, mask


def dropout_backward(dout, cache):
    if cache is None:
        return dout.copy()
    return dout * cache
