"""The share of pooled values that a shift leaves unchanged, one window at a time from the definition."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import TypeAlias

Plane: TypeAlias = list[list[int]]

STATISTICS: dict[str, Callable[[Sequence[Fraction]], Fraction]] = {
    "max": max,
    "mean": lambda values: sum(values, Fraction()) / len(values),
    "median": statistics.median,
}


def shift_agreement(planes: list[Plane], kind: str, k: int, stride: int, dx: int, dy: int) -> Fraction:
    """The share for planes of whole numbers, exactly: a pixel of the moved image is looked up where it came from."""
    statistic, same, count = STATISTICS[kind], 0, 0
    for plane in planes:
        height, width = len(plane), len(plane[0])
        rows = [i for i in range(height) if 0 <= i - dy < height]
        columns = [j for j in range(width) if 0 <= j - dx < width]
        for a in range(0, len(rows) - k + 1, stride):
            for b in range(0, len(columns) - k + 1, stride):
                window = [(i, j) for i in rows[a : a + k] for j in columns[b : b + k]]
                before = statistic([Fraction(plane[i][j]) for i, j in window])
                after = statistic([Fraction(plane[i - dy][j - dx]) for i, j in window])
                same, count = same + (before == after), count + 1
    return Fraction(same, count)
