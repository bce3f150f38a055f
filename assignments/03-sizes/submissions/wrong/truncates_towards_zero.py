"""You test the size for being below 1 after int(): it cuts -0.5 to 0, and a position appears that is none."""


def conv_out(n, k, stride=1, pad=0, dilation=1, strict=False):
    size = int((n + 2 * pad - dilation * (k - 1) - 1) / stride) + 1
    if size < 1:
        raise ValueError("the window fits nowhere")
    if strict and (n + 2 * pad - dilation * (k - 1) - 1) % stride:
        raise ValueError("the windows do not fit exactly")
    return size


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
