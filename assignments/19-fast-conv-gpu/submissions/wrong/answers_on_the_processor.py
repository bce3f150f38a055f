"""You fetch the tensors to the processor and leave the answer there: return it on the device of x."""

import torch
from torch.nn import functional as F


def conv_forward(x, w, b, stride, pad):
    x, w, b = (tensor.to(torch.empty(0).device) for tensor in (x, w, b))
    (N, C, H, W), (K, _, KH, KW) = x.shape, w.shape
    HO, WO = (H + 2 * pad - KH) // stride + 1, (W + 2 * pad - KW) // stride + 1
    xp = F.pad(x, (pad, pad, pad, pad))
    out = b.reshape(1, K, 1).repeat(N, 1, HO * WO)
    for u in range(KH):
        for v in range(KW):
            seen = xp[:, :, u : u + stride * HO : stride, v : v + stride * WO : stride]
            out += torch.matmul(w[:, :, u, v], seen.reshape(N, C, HO * WO))
    return out.reshape(N, K, HO, WO)
