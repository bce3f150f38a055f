"""Your windows lie one pixel apart in as_strided: their distance is the stride times that of a row."""

import torch
from torch.nn import functional as F


def depthwise_separable(x, depthwise, pointwise, stride):
    N, C, H, W = x.shape
    HO, WO = (H - 1) // stride + 1, (W - 1) // stride + 1
    xp = F.pad(x, (1, 1, 1, 1))
    n, c, h, v = xp.stride()
    windows = xp.as_strided((N, C, HO, WO, 3, 3), (n, c, h, v, h, v))
    hidden = torch.einsum("nchwuv,cuv->nchw", windows, depthwise).relu()
    return torch.einsum("nchw,kc->nkhw", hidden, pointwise).relu().contiguous()
