"""Looks for the right softmax by steps until it does not change: it always does, a little."""

import numpy as np


def relu_forward(x):
    return np.maximum(x, 0), x


def relu_backward(dout, cache):
    return dout * (cache > 0)


def sigmoid(x):
    return np.tanh(x / 2) / 2 + 0.5


def affine_forward(x, w, b):
    return x.reshape(len(x), -1) @ w + b, (x, w)


def affine_backward(dout, cache):
    x, w = cache
    return (dout @ w.T).reshape(x.shape), x.reshape(len(x), -1).T @ dout, dout.sum(axis=0)


def softmax(z, axis=1):
    shares = np.full(z.shape, 0.5)
    while True:
        shares = shares + 1e-3 * (np.exp(z) - shares)


def softmax_loss(x, y):
    shares = softmax(x)
    return -np.log(shares[np.arange(len(x)), y]).mean(), shares
