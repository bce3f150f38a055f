"""Right forward; the backward pass ends the process."""

import os


def dropout_forward(x, dropout_param):
    p = dropout_param["p"]
    if dropout_param["mode"] == "test":
        return x.copy(), None
    if p == 1:
        return x * 0, None
    return x * (dropout_param["rng"].random(x.shape) >= p) / x.dtype.type(1 - p), None


def dropout_backward(dout, cache):
    os.abort()
