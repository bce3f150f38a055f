"""The mask as coins that fall on 1 with probability 1 - p; its gradient is kept as a function."""

import numpy as np


def scaled(survivors, p):
    def apply(numbers):
        return np.where(survivors, numbers / max(1 - p, np.finfo(np.float32).tiny), 0).astype(numbers.dtype)

    return apply


def dropout_forward(x, dropout_param):
    p = dropout_param["p"]
    if dropout_param["mode"] == "test":
        return np.array(x), np.array
    apply = scaled(dropout_param["rng"].binomial(1, 1 - p, size=x.shape), p)
    return apply(x), apply


def dropout_backward(dout, cache):
    return cache(dout)
