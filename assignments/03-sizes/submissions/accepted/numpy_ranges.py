"""Lays out the starts of the windows as an array."""

import numpy as np


def conv_out(n, k, stride=1, pad=0, dilation=1, strict=False):
    taps = dilation * np.arange(k)
    starts = np.arange(-pad, n + pad - taps[-1], stride)
    if len(starts) == 0:
        raise ValueError("empty output")
    if strict and starts[-1] + taps[-1] != n + pad - 1:
        raise ValueError("not an integer")
    return len(starts)


def same_pad(k, dilation=1):
    pad, rest = divmod(dilation * (k - 1), 2)
    if rest:
        raise ValueError("not an integer")
    return pad


def receptive_field(layers):
    ks, strides, dilations = (np.array([layer[i] for layer in layers], dtype=np.int64) for i in range(3))
    steps = np.concatenate([[1], np.cumprod(strides)])[: len(layers)]
    return int(1 + np.sum(dilations * (ks - 1) * steps))
