"""You reshape where axes must be exchanged: the numbers keep their order, and maps get mixed up."""

import torch
from torch.nn import functional as F


def conv_forward(x, w, b, stride, pad):
    (N, C, H, W), (K, _, KH, KW) = x.shape, w.shape
    HO, WO = (H + 2 * pad - KH) // stride + 1, (W + 2 * pad - KW) // stride + 1
    xp = F.pad(x, (pad, pad, pad, pad))
    n, c, h, v = xp.stride()
    windows = xp.as_strided((N, C, KH, KW, HO, WO), (n, c, h, v, stride * h, stride * v))
    columns = windows.permute(1, 2, 3, 0, 4, 5).reshape(C * KH * KW, N * HO * WO)
    return torch.matmul(w.reshape(K, -1), columns).reshape(N, K, HO, WO) + b.reshape(K, 1, 1)
