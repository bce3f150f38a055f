"""Small parts of arrays, to be drawn as heat maps: around the worst element of a comparison, and of its input."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Array: TypeAlias = npt.NDArray[Any]

SMALLEST_SIDE = 4
"""Arrays with a shorter side in their last two axes are no images: their numbers are read, not seen."""
LONGEST_SIDE = 32
DIGITS = 3


def is_image_like(array: Array) -> bool:
    """Whether the last two axes can be drawn: real numbers, at least 4 × 4."""
    return array.ndim >= 2 and min(array.shape[-2:]) >= SMALLEST_SIDE and array.dtype.kind in "biuf"


def compared(got: Array, expected: Array, index: Sequence[int]) -> dict[str, Any]:
    """The excerpts of two arrays of one shape and of `got - expected`, at most 32 × 32 values around `index`.

    JSON-ready, with three significant digits: `expected`, `got` and `difference` as rows; `origin`, the index of the
    upper left value; `shape`, that of the arrays. Nothing for arrays that are not image-like.
    """
    if not (is_image_like(got) and is_image_like(expected)):
        return {}
    plane = tuple(index[:-2])
    rows, columns = (_around(place, size) for place, size in zip(index[-2:], got.shape[-2:], strict=True))
    seen, wanted = (array[plane][rows, columns].astype(np.float64) for array in (got, expected))
    with np.errstate(invalid="ignore", over="ignore"):
        difference = seen - wanted
    return {
        "shape": list(got.shape),
        "origin": [*plane, rows.start, columns.start],
        "expected": _listed(wanted),
        "got": _listed(seen),
        "difference": _listed(difference),
    }


def of_input(images: Mapping[str, Array], shape: Sequence[int], index: Sequence[int]) -> dict[str, Any]:
    """The part of a call's first image-like argument that lies where `index` lies in an output of that shape.

    JSON-ready: `name`, `origin` and `values` as rows. An axis before the last two is followed where the argument is as
    long in it as the output, else its first place is taken. Nothing where no argument has as many axes as the output.
    """
    for name, array in images.items():
        if array.ndim != len(shape):
            continue
        plane = tuple(
            place if size == length else 0
            for place, size, length in zip(index[:-2], array.shape[:-2], shape[:-2], strict=True)
        )
        places = [
            place * size // length for place, size, length in zip(index[-2:], array.shape[-2:], shape[-2:], strict=True)
        ]
        rows, columns = (_around(place, size) for place, size in zip(places, array.shape[-2:], strict=True))
        values = array[plane][rows, columns].astype(np.float64)
        return {"name": name, "origin": [*plane, rows.start, columns.start], "values": _listed(values)}
    return {}


def _around(place: int, size: int) -> slice:
    """At most LONGEST_SIDE places of `size`, with `place` in the middle where the border lets it be."""
    start = max(0, min(place - LONGEST_SIDE // 2, size - LONGEST_SIDE))
    return slice(start, min(size, start + LONGEST_SIDE))


def _listed(values: Array) -> list[list[float | str]]:
    return [[_rounded(float(value)) for value in row] for row in values]


def _rounded(value: float) -> float | str:
    """A number with the digits that a colour can show; NaN and infinity as text, which JSON has no numbers for."""
    return float(f"{value:.{DIGITS}g}") if math.isfinite(value) else str(value)
