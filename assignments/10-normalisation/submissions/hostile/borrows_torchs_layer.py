"""Right in NumPy, but the layer is PyTorch's own: the operator is refused, and only the layer's checks are lost."""

import numpy as np
import torch
from torch import nn


def rescale(x, lo=0.0, hi=1.0, axis=None):
    least, most = x.min(axis=axis, keepdims=True), x.max(axis=axis, keepdims=True)
    span = np.where(most > least, most - least, 1).astype(x.dtype)
    return lo + (hi - lo) * ((x - least) / span)


def batchnorm_forward(x, gamma, beta, bn_param):
    eps = bn_param.get("eps", 1e-5)
    axes, shape = (0, *range(2, x.ndim)), (1, -1, *[1] * (x.ndim - 2))
    if bn_param["mode"] == "train":
        mean, var = x.mean(axis=axes), x.var(axis=axes)
    else:
        mean, var = bn_param["running_mean"], bn_param["running_var"]
    std = np.sqrt(var.reshape(shape) + x.dtype.type(eps))
    normed = (x - mean.reshape(shape)) / std
    out = gamma.reshape(shape) * normed + beta.reshape(shape)
    return out, (normed, std, gamma.reshape(shape), axes)


def batchnorm_backward(dout, cache):
    normed, std, gamma, axes = cache
    dgamma = (dout * normed).sum(axis=axes)
    dbeta = dout.sum(axis=axes)
    d = dout * gamma
    by_mean = d.mean(axis=axes, keepdims=True)
    by_var = normed * (d * normed).mean(axis=axes, keepdims=True)
    dx = (d - by_mean - by_var) / std
    return dx, dgamma, dbeta


class BatchNorm2d(nn.BatchNorm2d):
    pass
