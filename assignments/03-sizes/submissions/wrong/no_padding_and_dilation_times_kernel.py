"""Two mistakes: you leave the padding out, and you let a dilated window span d times k pixels."""


def conv_out(n, k, stride=1, pad=0, dilation=1, strict=False):
    room = n - dilation * k
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
    for k, stride, dilation in layers:
        pixels += dilation * (k - 1) * step
        step *= stride
    return pixels
