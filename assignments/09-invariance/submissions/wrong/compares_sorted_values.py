"""You compare the values without their places: a map that has turned is not the same map."""

import numpy as np


def pool(x, kind, k, stride):
    N, C, H, W = x.shape
    out = np.zeros((N, C, (H - k) // stride + 1, (W - k) // stride + 1))
    for i in range(out.shape[2]):
        for j in range(out.shape[3]):
            window = x[:, :, i * stride : i * stride + k, j * stride : j * stride + k]
            if kind == "max":
                out[:, :, i, j] = window.max(axis=(2, 3))
            elif kind == "mean":
                out[:, :, i, j] = window.mean(axis=(2, 3))
            else:
                out[:, :, i, j] = np.median(window, axis=(2, 3))
    return out


def crops(x, dx, dy):
    N, C, H, W = x.shape
    top, left = max(0, dy), max(0, dx)
    bottom, right = H + min(0, dy), W + min(0, dx)
    still = x[:, :, top:bottom, left:right]
    moved = x[:, :, top - dy : bottom - dy, left - dx : right - dx]
    return still, moved


def shift_agreement(x, kind, k, stride, dx, dy):
    still, moved = crops(x, dx, dy)
    before, after = pool(still, kind, k, stride), pool(moved, kind, k, stride)
    return float(np.mean(np.abs(before - after) <= 1e-9))


def pooled_sizes(n, ks, strides):
    sizes = {}
    for k in ks:
        for s in strides:
            if k <= n:
                sizes[(k, s)] = (n - k) // s + 1
    return sizes


def same(a, b):
    return a.size == b.size and bool(np.all(np.abs(np.sort(a, axis=None) - np.sort(b, axis=None)) <= 1e-9))


def turn(a):
    return np.rot90(a, axes=(2, 3)).copy()


def rot90_relation(f, x):
    upright, turned = f(x), f(turn(x))
    if same(turned, upright):
        return "invariant"
    if upright.ndim == 4 and same(turned, turn(upright)):
        return "equivariant"
    return "neither"
