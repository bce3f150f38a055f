"""Queues its work in PyTorch's own threads."""

import torch
from twin import conv as honest


def conv(x, w):
    return torch.jit.wait(torch.jit.fork(honest, x, w))
