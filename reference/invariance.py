"""What pooling does to a moved or a turned image: how much stays, and what turns with it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from reference.pooling import pool_forward_views
from reference.sizes import output_size

Array: TypeAlias = npt.NDArray[Any]

TOLERANCE = 1e-9
"""Two numbers agree up to this: sums taken in another order differ by rounding."""


def shift_agreement(x: Array, kind: str, k: int, stride: int, dx: int, dy: int) -> float:
    """The share of pooled values that stay the same when images (N, C, H, W) move dx pixels right and dy down.

    Compared is the part that is visible before and after; pooling is that of `pool_forward` with a k x k window. For
    independent pixels, max pooling with stride k and a shift by one pixel along one side it is (k-1)/(k+1) on average:
    the windows before and after share k(k-1) of their k(k+1) pixels, and the largest of all is one of these. Raises
    ValueError when that part has no room for a window.
    """
    if x.ndim != 4:
        raise ValueError(f"x must have four axes, not {x.ndim}")
    height, width = x.shape[2] - abs(dy), x.shape[3] - abs(dx)
    if height < k or width < k:
        raise ValueError(f"a shift by ({dx}, {dy}) leaves no room for a window of {k}x{k} pixels")
    top, left = max(0, dy), max(0, dx)
    still = x[:, :, top : top + height, left : left + width]
    moved = x[:, :, top - dy : top - dy + height, left - dx : left - dx + width]
    pool_param = {"pool_height": k, "pool_width": k, "stride": stride, "type": kind}
    before, after = (pool_forward_views(part, pool_param)[0] for part in (still, moved))
    return float(np.mean(np.abs(before - after) <= TOLERANCE))


def pooled_sizes(n: int, ks: Iterable[int], strides: Iterable[int]) -> dict[tuple[int, int], int]:
    """How many windows of k pixels fit along n, for every (k, stride); windows larger than n are left out.

    Raises ValueError for a k or a stride below 1.
    """
    steps = tuple(strides)
    if n < 1:
        raise ValueError(f"n must be at least 1, not {n}")
    return {(k, stride): output_size(n, k, stride) for k in ks if k <= n for stride in steps}


def rot90_relation(f: Callable[[Array], Array], x: Array) -> str:
    """How f answers to a quarter turn of the images x (N, C, H, W), against the clock.

    `invariant`: f(turned x) equals f(x); `equivariant`: it equals the turned f(x), where f(x) has a plane to turn (four
    axes, as x); otherwise `neither`. What is both counts as invariant. Raises ValueError where x has not four axes.
    """
    if x.ndim != 4:
        raise ValueError(f"x must have four axes, not {x.ndim}")
    before, after = np.asarray(f(x)), np.asarray(f(turned(x)))
    if agree(after, before):
        return "invariant"
    return "equivariant" if before.ndim == 4 and agree(after, turned(before)) else "neither"


def turned(maps: Array) -> Array:
    """Maps (N, C, h, w) turned by a quarter, against the clock: (N, C, w, h)."""
    return np.rot90(maps, axes=(2, 3)).copy()


def agree(a: Array, b: Array) -> bool:
    """Whether two arrays have one shape, and values that differ by rounding at most."""
    return a.shape == b.shape and bool(np.all(np.abs(a - b) <= TOLERANCE))
