"""Strides that lead far out of the tensor's memory, which torch refuses or the process does not survive."""


def conv_forward(x, w, b, stride, pad):
    (N, C, H, W), (K, _, KH, KW) = x.shape, w.shape
    HO, WO = (H + 2 * pad - KH) // stride + 1, (W + 2 * pad - KW) // stride + 1
    return x.as_strided((N, K, HO, WO), (10**9, 10**8, 10**7, 10**6)).clone()
