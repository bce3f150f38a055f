"""You apply the ReLU to x in place: it is an input, and must stay as it was."""

import torch
from torch.nn import functional as F


def depthwise_separable(x, depthwise, pointwise, stride):
    N, C, H, W = x.shape
    HO, WO = (H - 1) // stride + 1, (W - 1) // stride + 1
    xp = F.pad(x, (1, 1, 1, 1))
    x.relu_()
    hidden = x.new_zeros(N, C, HO, WO)
    for u in range(3):
        for v in range(3):
            seen = xp[:, :, u : u + stride * (HO - 1) + 1 : stride, v : v + stride * (WO - 1) + 1 : stride]
            hidden += seen * depthwise[:, u, v].reshape(C, 1, 1)
    hidden = hidden.relu().reshape(N, C, HO * WO)
    return torch.matmul(pointwise, hidden).relu().reshape(N, -1, HO, WO)
