"""A loop over the places inside the window: each is a shifted, strided copy of the image."""

import numpy as np


def shifted(KH, KW, sh, sw, HO, WO):
    """The slices of the image under each place of the window, in row-major order."""
    return [
        (slice(u, u + sh * (HO - 1) + 1, sh), slice(v, v + sw * (WO - 1) + 1, sw)) for u in range(KH) for v in range(KW)
    ]


def pool_forward(x, pool_param):
    KH, KW = pool_param["pool_height"], pool_param["pool_width"]
    stride = pool_param.get("stride", (KH, KW))
    sh, sw = stride if isinstance(stride, (tuple, list)) else (stride, stride)
    dtype = x.dtype if x.dtype.kind == "f" else np.dtype(np.float64)
    HO, WO = (x.shape[2] - KH) // sh + 1, (x.shape[3] - KW) // sw + 1
    parts = shifted(KH, KW, sh, sw, HO, WO)
    stack = np.stack([x[:, :, rows, columns] for rows, columns in parts]).astype(dtype)

    kind = pool_param["type"]
    winner = None
    if kind == "max":
        out, winner = stack[0].copy(), np.zeros(stack.shape[1:], dtype=int)
        for number, part in enumerate(stack[1:], start=1):
            better = part > out
            out[better] = part[better]
            winner[better] = number
    elif kind == "mean":
        out = stack.sum(axis=0) / len(stack)
    elif kind == "median":
        out = np.median(stack, axis=0)
    else:
        p = pool_param.get("p", 2)
        out = np.linalg.norm(stack.reshape(len(stack), -1), ord=p, axis=0).reshape(stack.shape[1:])
    return out.astype(dtype), (x.shape, dtype, parts, winner)


def pool_backward(dout, cache):
    shape, dtype, parts, winner = cache
    dx = np.zeros(shape, dtype=np.result_type(dtype, dout))
    for number, (rows, columns) in enumerate(parts):
        if winner is None:
            dx[:, :, rows, columns] += dout / len(parts)
        else:
            dx[:, :, rows, columns] += np.where(winner == number, dout, 0)
    return dx
