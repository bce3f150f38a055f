"""You average db over the batch: gradients are sums, the mean is part of the loss and is in dout already."""

import numpy as np


def relu_forward(x):
    return np.where(x > 0, x, x.dtype.type(0)), x


def relu_backward(dout, cache):
    return dout * (cache > 0)


def sigmoid(x):
    small = np.exp(-np.abs(x))
    return np.where(x >= 0, 1 / (1 + small), small / (1 + small))


def affine_forward(x, w, b):
    return x.reshape(len(x), -1) @ w + b, (x, w)


def affine_backward(dout, cache):
    x, w = cache
    dx = (dout @ w.T).reshape(x.shape)
    dw = x.reshape(len(x), -1).T @ dout
    db = dout.mean(axis=0)
    return dx, dw, db


def softmax(z, axis=1):
    powers = np.exp(z - z.max(axis=axis, keepdims=True))
    return powers / powers.sum(axis=axis, keepdims=True)


def softmax_loss(x, y):
    images = np.arange(len(x))
    shifted = x - x.max(axis=1, keepdims=True)
    logarithms = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    loss = -logarithms[images, y].mean()
    dx = np.exp(logarithms)
    dx[images, y] -= 1
    return loss, dx / len(x)
