"""Returns what no check expects: NaN, objects, text, complex numbers, an endless cache, and far too much."""

import numpy as np


class Endless:
    def __getattr__(self, name):
        return self

    def __len__(self):
        return 2**62

    def __repr__(self):
        while True:
            pass


def relu_forward(x):
    return np.full(x.shape, object(), dtype=object), Endless()


def relu_backward(dout, cache):
    return "dout, honestly"


def sigmoid(x):
    return np.full(x.shape, np.nan)


def affine_forward(x, w, b):
    return np.broadcast_to(np.float64(0), (2**15, 2**14)), Endless()


def affine_backward(dout, cache):
    return None, 1j, np.zeros(len(dout), dtype="M8[s]")


def softmax(z, axis=1):
    return np.ma.masked_all(z.shape)


def softmax_loss(x, y):
    return float("nan"), {"dx": x}
