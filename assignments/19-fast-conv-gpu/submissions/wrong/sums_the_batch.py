"""You add the images of a batch up: every image has its own maps."""

import torch
from torch.nn import functional as F


def conv_forward(x, w, b, stride, pad):
    (N, C, H, W), (K, _, KH, KW) = x.shape, w.shape
    HO, WO = (H + 2 * pad - KH) // stride + 1, (W + 2 * pad - KW) // stride + 1
    xp = F.pad(x, (pad, pad, pad, pad))
    n, c, h, v = xp.stride()
    windows = xp.as_strided((N, C, KH, KW, HO, WO), (n, c, h, v, stride * h, stride * v))
    columns = windows.reshape(N, C * KH * KW, HO * WO)
    return torch.matmul(w.reshape(K, -1), columns.sum(0, keepdim=True).expand(N, -1, -1)).reshape(
        N, K, HO, WO
    ) + b.reshape(K, 1, 1)
