"""Returns an integer of millions of digits."""


def conv_out(n, k, stride=1, pad=0, dilation=1, strict=False):
    return 7 ** (10**7)


def same_pad(k, dilation=1):
    return 7 ** (10**7)


def receptive_field(layers):
    return 7 ** (10**7)
