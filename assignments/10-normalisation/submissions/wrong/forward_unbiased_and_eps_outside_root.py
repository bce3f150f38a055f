"""Two mistakes at once: you divide the squares by m - 1 instead of m, and add eps outside the root."""

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
        mean, var = x.mean(axis=axes), x.var(axis=axes, ddof=1)
    else:
        mean, var = bn_param["running_mean"], bn_param["running_var"]
    std = np.sqrt(var.reshape(shape)) + x.dtype.type(eps)
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


class BatchNorm2d(nn.Module):
    def __init__(self, num_features, eps=1e-5, momentum=0.1):
        super().__init__()
        self.eps, self.momentum = eps, momentum
        self.weight = nn.Parameter(torch.ones(num_features))
        self.bias = nn.Parameter(torch.zeros(num_features))
        self.register_buffer("running_mean", torch.zeros(num_features))
        self.register_buffer("running_var", torch.ones(num_features))

    def forward(self, x):
        if self.training:
            mean, var = x.mean(dim=(0, 2, 3)), x.var(dim=(0, 2, 3), unbiased=False)
            count = x.numel() // x.shape[1]
            with torch.no_grad():
                self.running_mean += self.momentum * (mean - self.running_mean)
                self.running_var += self.momentum * (var * count / (count - 1) - self.running_var)
        else:
            mean, var = self.running_mean, self.running_var
        normed = (x - mean[:, None, None]) / torch.sqrt(var[:, None, None] + self.eps)
        return self.weight[:, None, None] * normed + self.bias[:, None, None]
