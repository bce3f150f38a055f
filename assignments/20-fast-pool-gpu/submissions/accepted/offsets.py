"""The maximum of slices, one for each offset of the window; back, each offset passes on what no earlier one has taken."""

import torch


def slices(x, window, stride):
    """The pixels at each offset of all windows, in row-major order of the offsets."""
    H, W = x.shape[2:]
    HO, WO = (H - window) // stride + 1, (W - window) // stride + 1
    for u in range(window):
        for v in range(window):
            yield x[:, :, u : u + stride * (HO - 1) + 1 : stride, v : v + stride * (WO - 1) + 1 : stride]


def max_pool(x, window, stride):
    first, *others = slices(x, window, stride)
    out = first.clone(memory_format=torch.contiguous_format)
    for seen in others:
        torch.maximum(out, seen, out=out)
    return out


def max_pool_backward(dout, x, window, stride):
    out, dx = max_pool(x, window, stride), torch.zeros_like(x, memory_format=torch.contiguous_format)
    left = dout.clone()
    for seen, target in zip(slices(x, window, stride), slices(dx, window, stride), strict=True):
        passed = torch.where(seen == out, left, 0)
        target += passed
        left -= passed
    return dx
