"""Your Fourier transform has no room for the border: products wrap around to the other side."""

import torch


def conv_forward(x, w, b, stride, pad):
    (N, C, H, W), (K, _, KH, KW) = x.shape, w.shape
    HO, WO = (H + 2 * pad - KH) // stride + 1, (W + 2 * pad - KW) // stride + 1
    X, Y = torch.fft.rfft2(x), torch.fft.rfft2(w, s=(H, W)).conj()
    full = torch.fft.irfft2(torch.einsum("nchw,kchw->nkhw", X, Y), s=(H, W))
    rows = (torch.arange(HO, device=x.device) * stride - pad) % H
    columns = (torch.arange(WO, device=x.device) * stride - pad) % W
    return full[:, :, rows][:, :, :, columns] + b.reshape(K, 1, 1)
