"""You multiply dout by the output: the gradient is dout times the mask, whatever the numbers were."""

import numpy as np


def dropout_forward(x, dropout_param):
    p, mode, rng = dropout_param["p"], dropout_param["mode"], dropout_param["rng"]
    if mode == "test":
        return x.copy(), None
    if p == 1:
        mask = np.zeros_like(x)
    else:
        mask = (rng.random(x.shape) >= p) / x.dtype.type(1 - p)
    out = x * mask
    return out, out


def dropout_backward(dout, cache):
    if cache is None:
        return dout.copy()
    return dout * cache
