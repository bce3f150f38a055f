"""You mix the maps before you filter them: the depthwise convolution comes first."""

import torch
from torch.nn import functional as F


def depthwise_separable(x, depthwise, pointwise, stride):
    N, C, H, W = x.shape
    HO, WO = (H - 1) // stride + 1, (W - 1) // stride + 1
    K = len(pointwise)
    kernels = depthwise[torch.arange(K, device=x.device) % C]
    mixed = torch.einsum("nchw,kc->nkhw", x, pointwise).relu()
    xp = F.pad(mixed, (1, 1, 1, 1))
    hidden = x.new_zeros(N, K, HO, WO)
    for u in range(3):
        for v in range(3):
            seen = xp[:, :, u : u + stride * (HO - 1) + 1 : stride, v : v + stride * (WO - 1) + 1 : stride]
            hidden += seen * kernels[:, u, v].reshape(K, 1, 1)
    return hidden.relu()
