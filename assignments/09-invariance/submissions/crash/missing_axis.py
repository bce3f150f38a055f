"""Asks for an axis that images do not have."""


def shift_agreement(x, kind, k, stride, dx, dy):
    return x.mean(axis=4)


def pooled_sizes(n, ks, strides):
    return {n: ks[len(ks)]}


def rot90_relation(f, x):
    return f(x[..., None]).name
