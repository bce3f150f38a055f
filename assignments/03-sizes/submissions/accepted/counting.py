"""Counts positions instead of dividing, tries paddings, and walks backwards from one output to the image."""


def conv_out(n, k, stride=1, pad=0, dilation=1, strict=False):
    starts, last = [], n + 2 * pad
    start = 0
    while start + dilation * (k - 1) < last:
        starts.append(start)
        start += stride
    if not starts:
        raise ValueError("no position")
    if strict and starts[-1] + dilation * (k - 1) != last - 1:
        raise ValueError("pixels are left over")
    return len(starts)


def same_pad(k, dilation=1):
    n = dilation * k
    for pad in range(n):
        if n + 2 * pad - dilation * (k - 1) == n:
            return pad
    raise ValueError("none")


def receptive_field(layers):
    pixels = 1
    for k, stride, dilation in reversed(layers):
        pixels = (pixels - 1) * stride + dilation * (k - 1) + 1
    return pixels
