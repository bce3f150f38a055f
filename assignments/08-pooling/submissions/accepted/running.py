"""A loop over the places inside the window: the statistic of the places so far, of all windows at once."""

import numpy as np


def under(x, size, stride):
    """The image under each place of the window, in row-major order: views."""
    (KH, KW), (sh, sw) = size, stride
    down, along = sh * ((x.shape[2] - KH) // sh) + 1, sw * ((x.shape[3] - KW) // sw) + 1
    return [x[:, :, u : u + down : sh, v : v + along : sw] for u in range(KH) for v in range(KW)]


def pool_forward(x, pool_param):
    size = pool_param["pool_height"], pool_param["pool_width"]
    stride = pool_param.get("stride", size)
    stride = stride if isinstance(stride, (tuple, list)) else (stride, stride)
    kind, p = pool_param["type"], pool_param.get("p", 2)
    x = x.astype(x.dtype if x.dtype.kind == "f" else np.float64)
    parts = under(x, size, stride)
    if kind == "median":
        out = np.median(np.stack(parts), axis=0)
    elif kind == "max":
        out = parts[0].copy()
        for part in parts[1:]:
            np.maximum(out, part, out=out)
    else:
        out = np.zeros_like(parts[0])
        for part in parts:
            out += part if kind == "mean" else np.abs(part) ** p
        out = out / len(parts) if kind == "mean" else out ** (1 / p)
    return out.astype(x.dtype, copy=False), (x, kind, size, stride)


def pool_backward(dout, cache):
    x, kind, size, stride = cache
    dx = np.zeros_like(x)
    if kind == "mean":
        for target in under(dx, size, stride):
            target += dout / np.prod(size)
        return dx
    parts = under(x, size, stride)
    largest, winner = parts[0].copy(), np.zeros(dout.shape, dtype=int)
    for number, part in enumerate(parts):
        winner = np.where(part > largest, number, winner)
        np.maximum(largest, part, out=largest)
    for number, target in enumerate(under(dx, size, stride)):
        target += dout * (winner == number)
    return dx
