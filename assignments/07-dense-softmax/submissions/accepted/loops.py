"""Every formula as loops over single numbers."""

import math

import numpy as np


def relu_forward(x):
    out = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        if x[index] > 0:
            out[index] = x[index]
    return out, out


def relu_backward(dout, cache):
    dx = np.zeros_like(dout)
    for index in np.ndindex(dout.shape):
        if cache[index] > 0:
            dx[index] = dout[index]
    return dx


def sigmoid(x):
    out = np.empty_like(x)
    for index in np.ndindex(x.shape):
        if x[index] >= 0:
            out[index] = 1 / (1 + math.exp(-x[index]))
        else:
            out[index] = math.exp(x[index]) / (1 + math.exp(x[index]))
    return out


def affine_forward(x, w, b):
    D, M = w.shape
    rows = x.reshape(len(x), D)
    out = np.zeros((len(x), M), dtype=np.result_type(x, w))
    for n in range(len(x)):
        for m in range(M):
            out[n, m] = b[m]
            for d in range(D):
                out[n, m] += rows[n, d] * w[d, m]
    return out, (x, w, b)


def affine_backward(dout, cache):
    x, w, b = cache
    rows = x.reshape(len(x), len(w))
    dx, dw, db = np.zeros_like(rows), np.zeros_like(w), np.zeros_like(b)
    for n in range(len(x)):
        for m in range(w.shape[1]):
            db[m] += dout[n, m]
            for d in range(len(w)):
                dx[n, d] += dout[n, m] * w[d, m]
                dw[d, m] += dout[n, m] * rows[n, d]
    return dx.reshape(x.shape), dw, db


def softmax(z, axis=1):
    moved = np.moveaxis(z, axis, -1)
    out = np.empty_like(moved)
    for index in np.ndindex(moved.shape[:-1]):
        largest = max(moved[index])
        powers = [math.exp(score - largest) for score in moved[index]]
        out[index] = [power / sum(powers) for power in powers]
    return np.moveaxis(out, -1, axis)


def softmax_loss(x, y):
    N = len(x)
    loss, dx = 0.0, np.zeros_like(x)
    for n in range(N):
        largest = max(x[n])
        total = sum(math.exp(score - largest) for score in x[n])
        loss += (math.log(total) + largest - x[n, y[n]]) / N
        for c in range(x.shape[1]):
            dx[n, c] = (math.exp(x[n, c] - largest) / total - (c == y[n])) / N
    return loss, dx
