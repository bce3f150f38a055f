"""Windows by strides that overlap, and the sum written as Einstein would: torch finds the matrix product in it."""

import torch
from torch.nn import functional as F


def conv_forward(x, w, b, stride, pad):
    (N, C, H, W), (K, _, KH, KW) = x.shape, w.shape
    HO, WO = (H + 2 * pad - KH) // stride + 1, (W + 2 * pad - KW) // stride + 1
    xp = F.pad(x, (pad, pad, pad, pad))
    n, c, h, v = xp.stride()
    windows = xp.as_strided((N, C, HO, WO, KH, KW), (n, c, stride * h, stride * v, h, v))
    return (torch.einsum("nchwuv,kcuv->nkhw", windows, w) + b.reshape(K, 1, 1)).contiguous()
