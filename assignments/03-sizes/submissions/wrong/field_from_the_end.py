"""You go through the layers from the last to the first while you collect strides: the image is at the other end."""


def conv_out(n, k, stride=1, pad=0, dilation=1, strict=False):
    room = n + 2 * pad - dilation * (k - 1) - 1
    if room < 0:
        raise ValueError("the window fits nowhere")
    if strict and room % stride:
        raise ValueError("the windows do not fit exactly")
    return room // stride + 1


def same_pad(k, dilation=1):
    taken = dilation * (k - 1)
    if taken % 2:
        raise ValueError("no padding keeps the size")
    return taken // 2


def receptive_field(layers):
    pixels, step = 1, 1
    for k, stride, dilation in reversed(layers):
        pixels += dilation * (k - 1) * step
        step *= stride
    return pixels
