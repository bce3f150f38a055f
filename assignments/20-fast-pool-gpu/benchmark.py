"""The gradient of max pooling with overlapping 3×3 windows and stride 2 in float32, as AlexNet and GoogLeNet pool."""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.benchmark.work import Expected, Work
from reference.pooling import pool_backward_offsets, pool_forward_views

CASES = ("graded", "gpu", "forward")
"""`graded` suits one core of a processor; `gpu` has more maps than fit into a GPU's cache; `forward` is the other half."""

LAYERS = {"graded": (8, 32, 55), "gpu": (32, 128, 55), "forward": (16, 64, 55)}
"""Images, channels and side of each case."""

WINDOW, STRIDE = 3, 2
LIBRARY = """
import torch
from torch.nn import functional as F


def max_pool(x, window, stride):
    return F.max_pool2d(x, window, stride)


def max_pool_backward(dout, x, window, stride):
    _, places = F.max_pool2d(x, window, stride, return_indices=True)
    sides = [window] * 2, [stride] * 2, [0, 0], [1, 1]
    return torch.ops.aten.max_pool2d_with_indices_backward(dout, x, *sides, False, places)
"""


def work(case: str = "graded") -> Work:
    """One call of `max_pool_backward`, or of `max_pool` for the case `forward`."""
    n, c, side = LAYERS[case]
    out = (side - WINDOW) // STRIDE + 1
    x, maps, taps = (n, c, side, side), (n, c, out, out), WINDOW * WINDOW
    backward = case != "forward"

    def draw(rng: np.random.Generator) -> tuple[Any, ...]:
        shapes = (maps, x) if backward else (x,)
        return (*(rng.standard_normal(shape, dtype=np.float32) for shape in shapes), WINDOW, STRIDE)

    return Work(
        entry="max_pool_backward" if backward else "max_pool",
        shape=f"N={n}, C={c}, {side}×{side}, 3×3 windows, stride 2, float32, {'the gradient' if backward else 'forward'}",
        draw=draw,
        expected=gradient if backward else maxima,
        operations=float(np.prod(maps)) * (taps if backward else taps - 1),
        bytes_moved=4.0 * (np.prod(maps) + (2 if backward else 1) * np.prod(x)),
        library=LIBRARY,
    )


def maxima(arguments: tuple[Any, ...]) -> tuple[Expected, ...]:
    """The maps: a maximum only selects, so it must be exact."""
    return (Expected(_pooled(arguments[0])[0]),)


def gradient(arguments: tuple[Any, ...]) -> tuple[Expected, ...]:
    """The gradient in double precision: each pixel has the sum of at most four numbers."""
    dout, x, *_ = arguments
    _, cache = _pooled(x)
    exact = dout.astype(np.float64)
    return (Expected(pool_backward_offsets(exact, cache), pool_backward_offsets(np.abs(exact), cache)),)


def _pooled(x: np.ndarray) -> tuple[Any, Any]:
    settings = {"pool_height": WINDOW, "pool_width": WINDOW, "stride": STRIDE, "type": "max"}
    return pool_forward_views(x.astype(np.float64), settings)
