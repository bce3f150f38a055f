"""Parameters by building the layers in torch, on the meta device: shapes without memory."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from torch import nn


def mlp_params(sizes: Sequence[int], *, bias: bool) -> int:
    """The parameters of a stack of linear layers."""
    return _count(nn.Sequential(*(nn.Linear(*pair, bias=bias, device="meta") for pair in pairwise(sizes))))


def conv_params(c_in: int, c_out: int, kernel: int | tuple[int, int], *, bias: bool, groups: int) -> int:
    """The parameters of a convolution layer."""
    return _count(nn.Conv2d(c_in, c_out, kernel, bias=bias, groups=groups, device="meta"))


def local_params(n_units: int, k: int, *, bias: bool) -> int:
    """The parameters of a local layer: a convolution with one group for each unit, that sees `k` inputs of its own."""
    return _count(nn.Conv1d(n_units, n_units, k, bias=bias, groups=n_units, device="meta"))


def _count(module: nn.Module) -> int:
    return sum(parameter.numel() for parameter in module.parameters())
