"""In the frequency domain a correlation is a product with the conjugate; a stride then keeps every s-th pixel."""

import torch


def conv_forward(x, w, b, stride, pad):
    (N, C, H, W), (K, _, KH, KW) = x.shape, w.shape
    height, width = H + 2 * pad, W + 2 * pad
    # The image stands pad pixels away from the corner: its zeros cost nothing but their place.
    shifted = torch.nn.functional.pad(x, (pad, pad, pad, pad))
    X = torch.fft.rfft2(shifted, s=(height, width)).reshape(N, C, -1).permute(2, 0, 1)
    Y = torch.fft.rfft2(w, s=(height, width)).conj().reshape(K, C, -1).permute(2, 1, 0)
    product = torch.bmm(X, Y).permute(1, 2, 0).reshape(N, K, height, width // 2 + 1)
    full = torch.fft.irfft2(product, s=(height, width))
    kept = full[:, :, : height - KH + 1 : stride, : width - KW + 1 : stride]
    return (kept + b.reshape(K, 1, 1)).contiguous()
