"""Moves the image by one pixel less until Python gives up."""


def shift_agreement(x, kind, k, stride, dx, dy):
    return shift_agreement(x, kind, k, stride, dx - 1, dy)


def pooled_sizes(n, ks, strides):
    return pooled_sizes(n, ks, strides)


def rot90_relation(f, x):
    return rot90_relation(f, x)
