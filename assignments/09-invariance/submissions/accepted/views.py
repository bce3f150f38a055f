"""All windows as a view; the moved image is found by its indices, and counted where it is known."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

STATISTICS = {"max": np.max, "mean": np.mean, "median": np.median}


def pool(x, kind, k, stride):
    windows = sliding_window_view(x, (k, k), axis=(2, 3))[:, :, ::stride, ::stride]
    return STATISTICS[kind](windows, axis=(4, 5))


def shift_agreement(x, kind, k, stride, dx, dy):
    rows = [i for i in range(x.shape[2]) if 0 <= i - dy < x.shape[2]]
    columns = [j for j in range(x.shape[3]) if 0 <= j - dx < x.shape[3]]
    before = pool(x[:, :, rows][..., columns], kind, k, stride)
    after = pool(x[:, :, [i - dy for i in rows]][..., [j - dx for j in columns]], kind, k, stride)
    return np.isclose(before, after, rtol=0, atol=1e-9).mean()


def pooled_sizes(n, ks, strides):
    return {(k, s): len(range(0, n - k + 1, s)) for k in ks for s in strides if k <= n}


def rot90_relation(f, x):
    def alike(a, b):
        return a.shape == b.shape and np.allclose(a, b, rtol=0, atol=1e-9)

    before = np.asarray(f(x.copy()))
    after = np.asarray(f(np.rot90(x, axes=(-2, -1)).copy()))
    if alike(before, after):
        return "invariant"
    # Turned back, an equivariant answer is what it was.
    is_plane = before.ndim == after.ndim == 4
    return "equivariant" if is_plane and alike(np.rot90(after, -1, axes=(-2, -1)), before) else "neither"
