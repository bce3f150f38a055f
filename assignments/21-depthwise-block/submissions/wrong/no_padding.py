"""You leave the padding out: one row or column of zeros lies on each side, so the size stays."""

import torch
from torch.nn import functional as F


def depthwise_separable(x, depthwise, pointwise, stride):
    N, C, H, W = x.shape
    HO, WO = max(0, (H - 3) // stride + 1), max(0, (W - 3) // stride + 1)
    xp = x
    hidden = x.new_zeros(N, C, HO, WO)
    for u in range(3):
        for v in range(3):
            seen = xp[:, :, u : u + stride * HO : stride, v : v + stride * WO : stride]
            hidden += seen * depthwise[:, u, v].reshape(C, 1, 1)
    hidden = hidden.relu().reshape(N, C, HO * WO)
    return torch.matmul(pointwise, hidden).relu().reshape(N, -1, HO, WO)
