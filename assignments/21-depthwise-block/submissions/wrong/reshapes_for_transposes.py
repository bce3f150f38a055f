"""You reshape where axes must be exchanged: the numbers keep their order, and maps get mixed up."""

import torch
from torch.nn import functional as F


def depthwise_separable(x, depthwise, pointwise, stride):
    N, C, H, W = x.shape
    HO, WO = (H - 1) // stride + 1, (W - 1) // stride + 1
    xp = F.pad(x, (1, 1, 1, 1))
    hidden = x.new_zeros(N, C, HO, WO)
    for u in range(3):
        for v in range(3):
            seen = xp[:, :, u : u + stride * (HO - 1) + 1 : stride, v : v + stride * (WO - 1) + 1 : stride]
            hidden += seen * depthwise[:, u, v].reshape(C, 1, 1)
    rows = hidden.relu().reshape(N * HO * WO, C)
    return (rows @ pointwise.t()).relu().reshape(N, HO, WO, -1).permute(0, 3, 1, 2).contiguous()
