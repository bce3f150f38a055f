"""The image is rolled, and what came around the border is cut away before pooling."""

import numpy as np


def pooled(x, kind, k, stride):
    shifted = []
    height, width = x.shape[2] - k + 1, x.shape[3] - k + 1
    for u in range(k):
        for v in range(k):
            shifted.append(x[:, :, u : u + height : stride, v : v + width : stride])
    return {"max": np.max, "mean": np.mean, "median": np.median}[kind](np.stack(shifted), axis=0)


def known(maps, dx, dy):
    maps = maps[:, :, dy:] if dy >= 0 else maps[:, :, :dy]
    return maps[..., dx:] if dx >= 0 else maps[..., :dx]


def shift_agreement(x, kind, k, stride, dx, dy):
    moved = np.roll(x, (dy, dx), axis=(2, 3))
    before, after = (pooled(known(images, dx, dy), kind, k, stride) for images in (x, moved))
    same = np.count_nonzero(abs(before - after) < 1e-9)
    return same / before.size


def pooled_sizes(n, ks, strides):
    sizes = {}
    for k in ks:
        starts = np.arange(max(0, n - k + 1))
        for s in strides:
            count = len(starts[::s])
            if count:
                sizes[k, s] = count
    return sizes


def distance(a, b):
    return np.abs(a - b).max() if a.shape == b.shape else np.inf


def rot90_relation(f, x):
    turned = x.swapaxes(2, 3)[:, :, ::-1].copy()
    y, z = f(x), f(turned)
    if distance(z, y) < 1e-9:
        return "invariant"
    if y.ndim == 4 and distance(z, y.swapaxes(2, 3)[:, :, ::-1]) < 1e-9:
        return "equivariant"
    return "neither"
