"""You multiply the windows in place: they are views of x, so the image changes."""

import torch
from torch.nn import functional as F


def conv_forward(x, w, b, stride, pad):
    (N, C, H, W), (K, _, KH, KW) = x.shape, w.shape
    HO, WO = (H + 2 * pad - KH) // stride + 1, (W + 2 * pad - KW) // stride + 1
    xp = F.pad(x, (pad, pad, pad, pad)) if pad else x
    out = x.new_empty(N, K, HO, WO)
    for k in range(K):
        for i in range(HO):
            for j in range(WO):
                window = xp[:, :, i * stride : i * stride + KH, j * stride : j * stride + KW]
                window *= w[k]
                out[:, k, i, j] = window.sum((1, 2, 3)) + b[k]
    return out
