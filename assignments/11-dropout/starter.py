"""Dropout: fill in `dropout_forward` and `dropout_backward`."""

import numpy as np


def dropout_forward(x: np.ndarray, dropout_param: dict) -> tuple[np.ndarray, object]:
    """The forward pass of inverted dropout.

    x: numbers of any shape; the first axis is the batch
    dropout_param: "p", the probability of dropping a number, from 0 to 1;
        "mode", "train" or "test";
        "rng", the numpy.random.Generator to draw from

    Returns (out, cache): out has the shape of x, cache is what dropout_backward needs.
    """
    p, mode, rng = dropout_param["p"], dropout_param["mode"], dropout_param["rng"]
    raise NotImplementedError("dropout_forward is still to be written")


def dropout_backward(dout: np.ndarray, cache: object) -> np.ndarray:
    """The backward pass of inverted dropout.

    dout: the gradient of the loss with respect to the output
    cache: what dropout_forward returned

    Returns dx, the gradient with respect to x.
    """
    raise NotImplementedError("dropout_backward is still to be written")
