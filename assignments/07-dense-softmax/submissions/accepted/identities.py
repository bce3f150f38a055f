"""By other formulas for the same: tanh for the sigmoid, log-sum-exp for the softmax, einsum for the dense layer."""

import numpy as np


def relu_forward(x):
    return (x + np.abs(x)) / 2, np.sign(x)


def relu_backward(dout, cache):
    return np.where(cache == 1, dout, np.zeros_like(dout))


def sigmoid(x):
    # tanh saturates where exp overflows; it is exact to the last digit but for tiny results.
    return np.where(x > -15, (1 + np.tanh(x / 2)) / 2, np.exp(np.minimum(x, 0)) / (1 + np.exp(np.minimum(x, 0))))


def affine_forward(x, w, b):
    weights = w.reshape(*x.shape[1:], len(b))
    axes = list(range(1, x.ndim))
    return np.tensordot(x, weights, axes=(axes, [axis - 1 for axis in axes])) + b, (x, weights, w.shape)


def affine_backward(dout, cache):
    x, weights, shape = cache
    dx = np.tensordot(dout, weights, axes=([1], [weights.ndim - 1]))
    dw = np.tensordot(x, dout, axes=([0], [0])).reshape(shape)
    return dx, dw, np.ones(len(dout), dtype=dout.dtype) @ dout


def log_sum_exp(z, axis):
    return np.expand_dims(np.logaddexp.reduce(z, axis=axis), axis)


def softmax(z, axis=1):
    return np.exp(z - log_sum_exp(z, axis))


def softmax_loss(x, y):
    N = len(x)
    loss = (log_sum_exp(x, 1)[:, 0] - x[np.arange(N), y]).mean()
    right = np.arange(x.shape[1]) == np.asarray(y)[:, None]
    return loss, (softmax(x) - right.astype(x.dtype)) / N
