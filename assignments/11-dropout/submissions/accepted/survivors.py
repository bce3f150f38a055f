"""The places of the survivors are kept, and only these are written."""

import numpy as np


def dropout_forward(x, dropout_param):
    p, mode, rng = dropout_param["p"], dropout_param["mode"], dropout_param["rng"]
    if mode == "test":
        survivors, scale = np.arange(x.size), 1
    else:
        survivors, scale = np.flatnonzero(rng.uniform(size=x.size) < 1 - p), 1 / (1 - p) if p < 1 else 0
    return spread(x, survivors, scale), (survivors, scale)


def dropout_backward(dout, cache):
    return spread(dout, *cache)


def spread(numbers, survivors, scale):
    """Zeros, but for the survivors, which are scaled."""
    result = np.zeros_like(numbers)
    result.ravel()[survivors] = scale * numbers.ravel()[survivors]
    return result
