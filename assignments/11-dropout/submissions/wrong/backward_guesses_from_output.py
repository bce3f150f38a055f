"""You take every zero of the output for dropped: a number that was 0 before also survives or not."""

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
    return out, np.where(out != 0, mask.max(initial=0), x.dtype.type(0))


def dropout_backward(dout, cache):
    if cache is None:
        return dout.copy()
    return dout * cache
