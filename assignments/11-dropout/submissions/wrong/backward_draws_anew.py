"""You draw a new mask in the backward pass: the gradient flows through those that survived forward."""

import numpy as np


def dropout_forward(x, dropout_param):
    p, mode, rng = dropout_param["p"], dropout_param["mode"], dropout_param["rng"]
    if mode == "test":
        return x.copy(), None
    if p == 1:
        mask = np.zeros_like(x)
    else:
        mask = (rng.random(x.shape) >= p) / x.dtype.type(1 - p)
    return x * mask, (p, rng)


def dropout_backward(dout, cache):
    if cache is None:
        return dout.copy()
    p, rng = cache
    if p == 1:
        return np.zeros_like(dout)
    return dout * (rng.random(dout.shape) >= p) / dout.dtype.type(1 - p)
