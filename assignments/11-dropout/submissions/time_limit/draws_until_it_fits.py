"""Draws again and again until exactly p of the numbers are dropped, which hardly ever happens."""

import numpy as np


def dropout_forward(x, dropout_param):
    p, mode, rng = dropout_param["p"], dropout_param["mode"], dropout_param["rng"]
    if mode == "test":
        return x.copy(), None
    while True:
        mask = rng.random(x.shape) >= p
        if (mask == 0).sum() == p * x.size + 0.5:
            return x * mask / (1 - p), mask / (1 - p)


def dropout_backward(dout, cache):
    return np.array(dout) if cache is None else dout * cache
