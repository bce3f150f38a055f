"""Moves the window by the dilation less one, which is nothing for an ordinary window."""


def conv_out(n, k, stride=1, pad=0, dilation=1, strict=False):
    count, start = 0, 0
    while start + dilation * (k - 1) < n + 2 * pad:
        count += 1
        start += dilation - 1
    return count


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
