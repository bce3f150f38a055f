"""Forgets what to keep for the backward passes: they unpack None."""

import numpy as np


def relu_forward(x):
    return np.maximum(x, 0), None


def relu_backward(dout, cache):
    (x,) = cache
    return dout * (x > 0)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def affine_forward(x, w, b):
    return x.reshape(len(x), -1) @ w + b, None


def affine_backward(dout, cache):
    x, w, b = cache
    return dout @ w.T, x.T @ dout, dout.sum(axis=0)


def softmax(z, axis=1):
    return np.exp(z) / np.exp(z).sum(axis=axis)[missing]


def softmax_loss(x, y):
    return 1 / 0, x
