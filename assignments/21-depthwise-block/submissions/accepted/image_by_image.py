"""The same image by image, so that what was just computed is still in the processor's cache when it is needed again."""

import torch
from torch.nn import functional as F


def depthwise_separable(x, depthwise, pointwise, stride):
    N, C, H, W = x.shape
    HO, WO = (H - 1) // stride + 1, (W - 1) // stride + 1
    out = x.new_empty(N, len(pointwise), HO, WO)
    hidden = x.new_empty(C, HO, WO)
    for n in range(N):
        image = F.pad(x[n], (1, 1, 1, 1))
        hidden.zero_()
        for u in range(3):
            for v in range(3):
                seen = image[:, u : u + stride * (HO - 1) + 1 : stride, v : v + stride * (WO - 1) + 1 : stride]
                hidden.addcmul_(seen, depthwise[:, u, v].reshape(C, 1, 1))
        hidden.relu_()
        torch.mm(pointwise, hidden.reshape(C, HO * WO), out=out[n].view(-1, HO * WO))
    return out.relu_()
