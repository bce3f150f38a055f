"""First down the columns, then along the rows: maxima and sums need no square windows; the median is sorted by swaps."""

import numpy as np


def taps(count, outputs, stride):
    """For each place inside the window, the slice of one axis that lies under it."""
    return [slice(tap, tap + stride * (outputs - 1) + 1, stride) for tap in range(count)]


def folded(step, parts, out):
    """All parts combined by a ufunc, in memory that is there already."""
    first, *others = parts
    if not others:
        out[...] = first
        return
    step(first, others[0], out=out)
    for part in others[1:]:
        step(out, part, out=out)


def in_two_steps(step, x, down, along):
    """Each window combined by a ufunc: image by image, so that what lies between stays in the processor's caches."""
    N, C, _, W = x.shape
    HO, WO = (len(range(*side[0].indices(side[0].stop))) for side in (down, along))
    out = np.empty((N, C, HO, WO), x.dtype)
    between = np.empty((C, HO, W), x.dtype)
    for n in range(N):
        folded(step, [x[n][:, rows] for rows in down], between)
        folded(step, [between[:, :, columns] for columns in along], out[n])
    return out


def median(parts):
    """The median over the parts, place by place: neighbours are swapped until they are in order, all places at once."""
    parts = [part.copy() for part in parts]
    for turn in range(len(parts)):
        for left in range(turn % 2, len(parts) - 1, 2):
            low = np.minimum(parts[left], parts[left + 1])
            np.maximum(parts[left], parts[left + 1], out=parts[left + 1])
            parts[left] = low
    middle = len(parts) // 2
    return parts[middle] if len(parts) % 2 else (parts[middle - 1] + parts[middle]) / 2


def pool_forward(x, pool_param):
    KH, KW = pool_param["pool_height"], pool_param["pool_width"]
    stride = pool_param.get("stride", (KH, KW))
    sh, sw = stride if isinstance(stride, (tuple, list)) else (stride, stride)
    kind = pool_param["type"]
    x = x if x.dtype.kind == "f" else x.astype(np.float64)
    down, along = taps(KH, (x.shape[2] - KH) // sh + 1, sh), taps(KW, (x.shape[3] - KW) // sw + 1, sw)
    if kind == "max":
        out = in_two_steps(np.maximum, x, down, along)
    elif kind == "mean":
        out = in_two_steps(np.add, x, down, along) / (KH * KW)
    elif kind == "median":
        out = median([x[:, :, rows, columns] for rows in down for columns in along])
    else:
        p = pool_param.get("p", 2)
        out = in_two_steps(np.add, np.abs(x) ** p, down, along) ** (1 / p)
    return out.astype(x.dtype, copy=False), (x, kind, down, along)


def pool_backward(dout, cache):
    x, kind, down, along = cache
    dx = np.zeros(x.shape, np.result_type(x, dout))
    if kind == "max":
        largest = in_two_steps(np.maximum, x, down, along)
        waiting = np.ones(dout.shape, bool)
    for rows in down:
        for columns in along:
            if kind == "mean":
                dx[:, :, rows, columns] += dout / (len(down) * len(along))
            else:
                found = waiting & (x[:, :, rows, columns] == largest)
                dx[:, :, rows, columns] += np.where(found, dout, 0)
                waiting &= ~found
    return dx
