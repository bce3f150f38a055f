"""Invariance lab: fill in `shift_agreement`, `pooled_sizes` and `rot90_relation`."""

from collections.abc import Callable

import numpy as np


def shift_agreement(x: np.ndarray, kind: str, k: int, stride: int, dx: int, dy: int) -> float:
    """The share of pooled values that stay the same when the images move.

    x: images (N, C, H, W)
    kind: "max", "mean" or "median"
    k: the window has k rows and k columns
    stride: from one window to the next, along both sides
    dx, dy: pixels to the right and downwards; negative: to the left and upwards

    Returns a number from 0 to 1.
    """
    raise NotImplementedError("shift_agreement is still to be written")


def pooled_sizes(n: int, ks: list[int], strides: list[int]) -> dict[tuple[int, int], int]:
    """The size of a pooled side of n pixels, for every combination of a window and a stride.

    Returns {(k, stride): size}, without the windows that are larger than n.
    """
    raise NotImplementedError("pooled_sizes is still to be written")


def rot90_relation(f: Callable[[np.ndarray], np.ndarray], x: np.ndarray) -> str:
    """How f answers to a quarter turn of the images x (N, C, H, W), against the clock.

    f: a function of such images; it may return maps (N, C, h, w) or an array with fewer axes

    Returns "invariant", "equivariant" or "neither".
    """
    raise NotImplementedError("rot90_relation is still to be written")
