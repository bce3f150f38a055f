"""You flip the kernel: that is a true convolution, the exercise asks for cross-correlation."""

import torch
from torch.nn import functional as F


def conv_forward(x, w, b, stride, pad):
    (N, C, H, W), (K, _, KH, KW) = x.shape, w.shape
    HO, WO = (H + 2 * pad - KH) // stride + 1, (W + 2 * pad - KW) // stride + 1
    xp = F.pad(x, (pad, pad, pad, pad))
    out = b.reshape(1, K, 1).repeat(N, 1, HO * WO)
    for u in range(KH):
        for v in range(KW):
            seen = xp[:, :, u : u + stride * HO : stride, v : v + stride * WO : stride]
            out += torch.matmul(w[:, :, KH - 1 - u, KW - 1 - v], seen.reshape(N, C, HO * WO))
    return out.reshape(N, K, HO, WO)
