"""You return the slope alone: by the chain rule it is multiplied by dout."""

import numpy as np


def relu_forward(x):
    return np.where(x > 0, x, x.dtype.type(0)), x


def relu_backward(dout, cache):
    return (cache > 0).astype(dout.dtype)


def sigmoid(x):
    small = np.exp(-np.abs(x))
    return np.where(x >= 0, 1 / (1 + small), small / (1 + small))


def affine_forward(x, w, b):
    return x.reshape(len(x), -1) @ w + b, (x, w)


def affine_backward(dout, cache):
    x, w = cache
    dx = (dout @ w.T).reshape(x.shape)
    dw = x.reshape(len(x), -1).T @ dout
    db = dout.sum(axis=0)
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
