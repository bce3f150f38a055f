"""Walks along the side by calling itself, and never arrives when the stride is larger than 1."""


def conv_out(n, k, stride=1, pad=0, dilation=1, strict=False):
    if n + 2 * pad == dilation * (k - 1):
        return 0
    return 1 + conv_out(n - stride, k, stride, pad, dilation, strict)


def same_pad(k, dilation=1):
    taken = dilation * (k - 1)
    if taken % 2:
        raise ValueError("no padding keeps the size")
    return taken // 2


def receptive_field(layers):
    pixels, step = 1, 1
    for k, stride, dilation in layers:
        pixels += dilation * (k - 1) * step
        step *= stride
    return pixels
