"""You refuse with assert: it raises AssertionError, and python -O leaves it out. Raise the error you mean."""


def conv_out(n, k, stride=1, pad=0, dilation=1, strict=False):
    room = n + 2 * pad - dilation * (k - 1) - 1
    assert room >= 0
    assert not strict or room % stride == 0
    return room // stride + 1


def same_pad(k, dilation=1):
    taken = dilation * (k - 1)
    assert taken % 2 == 0
    return taken // 2


def receptive_field(layers):
    pixels, step = 1, 1
    for k, stride, dilation in layers:
        pixels += dilation * (k - 1) * step
        step *= stride
    return pixels
