"""You make a tensor on torch's default device: on a GPU it must lie where x lies."""

import torch


def views(x, window, stride):
    N, C, H, W = x.shape
    HO, WO = (H - window) // stride + 1, (W - window) // stride + 1
    n, c, h, v = x.stride()
    return x.as_strided((N, C, HO, WO, window, window), (n, c, stride * h, stride * v, h, v))


def max_pool(x, window, stride):
    return views(x, window, stride).amax((4, 5)) + torch.zeros((1,))


def max_pool_backward(dout, x, window, stride):
    N, C, H, W = x.shape
    seen = views(x, window, stride)
    HO, WO = seen.shape[2:4]
    place = seen.reshape(N, C, HO, WO, -1).argmax(-1)
    rows = torch.arange(HO, dtype=torch.int64).reshape(-1, 1) * stride + place // window
    columns = torch.arange(WO, dtype=torch.int64) * stride + place % window
    dx = x.new_zeros(N, C, H * W)
    dx.scatter_add_(2, (rows * W + columns).reshape(N, C, -1), dout.reshape(N, C, -1))
    return dx.reshape(N, C, H, W)
