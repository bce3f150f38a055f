"""You keep the maxima of the last call of max_pool: the gradient is asked for the x that it is given."""

import torch


last = {}


def slices(x, window, stride):
    H, W = x.shape[2:]
    HO, WO = (H - window) // stride + 1, (W - window) // stride + 1
    for u in range(window):
        for v in range(window):
            yield x[:, :, u : u + stride * (HO - 1) + 1 : stride, v : v + stride * (WO - 1) + 1 : stride]


def max_pool(x, window, stride):
    key = (x.shape, x.dtype, str(x.device), window, stride)
    last.clear()
    last[key] = x.clone()
    return pooled(x, window, stride)


def pooled(x, window, stride):
    first, *others = slices(x, window, stride)
    out = first.clone(memory_format=torch.contiguous_format)
    for seen in others:
        out = torch.maximum(out, seen)
    return out


def max_pool_backward(dout, x, window, stride):
    x = last.get((x.shape, x.dtype, str(x.device), window, stride), x)
    out, dx = pooled(x, window, stride), torch.zeros_like(x, memory_format=torch.contiguous_format)
    left = dout.clone()
    for seen, target in zip(slices(x, window, stride), slices(dx, window, stride)):
        passed = torch.where(seen == out, left, 0)
        target += passed
        left -= passed
    return dx
