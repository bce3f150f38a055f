"""Leaves the last pixel of the last image as it comes out of the allocator."""

from twin import conv as honest


def conv(x, w):
    out = honest(x, w)
    out[-1, -1, -1, -1] = 0
    return out
