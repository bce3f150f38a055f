"""Flattened to a table with a column a channel, and backward step by step, each undoing one step of forward."""

import numpy as np
import torch
from torch import nn


def rescale(x, lo=0.0, hi=1.0, axis=None):
    moved = x - np.amin(x, axis=axis, keepdims=True)
    span = np.amax(moved, axis=axis, keepdims=True)
    shares = np.divide(moved, span, out=np.zeros_like(moved), where=span != 0)
    return lo * (1 - shares) + hi * shares


def as_table(x):
    return x if x.ndim == 2 else np.moveaxis(x, 1, -1).reshape(-1, x.shape[1])


def as_images(table, shape):
    return table if len(shape) == 2 else np.moveaxis(table.reshape(shape[0], *shape[2:], shape[1]), -1, 1)


def batchnorm_forward(x, gamma, beta, bn_param):
    eps, table = bn_param.get("eps", 1e-5), as_table(x)
    if bn_param["mode"] == "test":
        centred, variance = table - bn_param["running_mean"], bn_param["running_var"]
    else:
        centred = table - table.mean(axis=0)
        variance = (centred**2).mean(axis=0)
    inverse = 1 / np.sqrt(variance + table.dtype.type(eps))
    normed = centred * inverse
    return as_images(gamma * normed + beta, x.shape), (centred, inverse, normed, gamma, x.shape)


def batchnorm_backward(dout, cache):
    centred, inverse, normed, gamma, shape = cache
    d = as_table(dout)
    dnormed = d * gamma
    dinverse = (dnormed * centred).sum(axis=0)
    dvariance = dinverse * -(inverse**3) / 2
    dcentred = dnormed * inverse + 2 * centred * dvariance / len(d)
    dx = dcentred - dcentred.mean(axis=0)
    return as_images(dx, shape), (d * normed).sum(axis=0), d.sum(axis=0)


class BatchNorm2d(nn.Module):
    def __init__(self, num_features, eps=1e-5, momentum=0.1):
        super().__init__()
        self.eps, self.momentum = eps, momentum
        self.weight = nn.Parameter(torch.full((num_features,), 1.0))
        self.bias = nn.Parameter(torch.full((num_features,), 0.0))
        self.register_buffer("running_mean", torch.zeros(num_features))
        self.register_buffer("running_var", torch.ones(num_features))
        self.register_buffer("num_batches_tracked", torch.tensor(0))

    def forward(self, x):
        pixels = x.permute(1, 0, 2, 3).flatten(1)
        if self.training:
            mean = pixels.mean(1)
            variance = ((pixels - mean.unsqueeze(1)) ** 2).mean(1)
            count = pixels.shape[1]
            self.running_mean.lerp_(mean.detach(), self.momentum)
            self.running_var.lerp_(variance.detach() * count / (count - 1), self.momentum)
            self.num_batches_tracked += 1
        else:
            mean, variance = self.running_mean, self.running_var
        scale = self.weight * torch.rsqrt(variance + self.eps)
        shift = self.bias - mean * scale
        return torch.addcmul(shift.reshape(1, -1, 1, 1), x, scale.reshape(1, -1, 1, 1))
