"""You have stride and padding in each other's place: the stride divides, the padding adds."""


def conv_out(n, k, stride=1, pad=0, dilation=1, strict=False):
    room = n + 2 * stride - dilation * (k - 1) - 1
    if room < 0:
        raise ValueError("the window fits nowhere")
    if strict and room % max(pad, 1):
        raise ValueError("the windows do not fit exactly")
    return room // max(pad, 1) + 1


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
