"""What the checks draw, and the student's layer beside PyTorch's."""

from __future__ import annotations

import numpy as np
import torch
from torch import nn

from grader.authoring import expect

from . import inside


def drawn(rng, shape, mode="train", dtype=np.float64):
    """x, gamma, beta and bn_param; the running statistics are not those of x."""
    gamma, beta, mean = rng.normal(size=(3, shape[1])).astype(dtype)
    variance = rng.uniform(0.2, 3, size=shape[1]).astype(dtype)
    x = (rng.normal(size=shape) * 2 + 1).astype(dtype)
    return x, gamma, beta, {"mode": mode, "running_mean": mean, "running_var": variance}


def built(student, rng, channels, **settings):
    """The student's layer and PyTorch's, in double precision, with the same random weight and bias."""
    layer, right = student.run(inside.MAKE, channels, **settings), nn.BatchNorm2d(channels, **settings).double()
    state = student.run(inside.STATE, layer)
    expect(state is not None, "BatchNorm2d is no nn.Module: derive the class from it.")
    weight, bias = torch.from_numpy(rng.normal(size=(2, channels)))
    student.run(inside.WRITE, layer, weight, bias)
    with torch.no_grad():
        right.weight.copy_(weight)
        right.bias.copy_(bias)
    return layer, right


def tensor(rng, *shape):
    """A batch of images whose channels have different means and spreads."""
    spread = np.arange(1, shape[1] + 1).reshape(-1, 1, 1)
    return torch.from_numpy(rng.normal(size=shape) * spread + spread - 2)
