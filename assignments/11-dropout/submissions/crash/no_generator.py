"""Asks the dictionary for a key that it does not have."""


def dropout_forward(x, dropout_param):
    keep = dropout_param["keep_prob"]
    return x * (dropout_param["rng"].random(x.shape) < keep), None


def dropout_backward(dout, cache):
    return dout * cache
