"""Takes all memory of the device that it can have, and returns zeros."""

import torch

kept = []


def max_pool(x, window, stride):
    while True:
        kept.append(torch.ones(2**26, device=x.device))


def max_pool_backward(dout, x, window, stride):
    return max_pool(x, window, stride)
