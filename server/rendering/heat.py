"""A counterexample's excerpts as heat maps: input, expected, got and difference beside each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from server.rendering.numbers import value as as_text
from server.rendering.raster import data_uri, diverging

LONGEST_SIDE = 32
SIDE = 152
FAR_BEYOND = 4
"""Values that are so many times larger than everything expected are cut off, or all else would look white."""

Values = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class HeatMap:
    """One array's excerpt as a picture, with the place of the worst value where it has one.

    `ends` are the numbers at the ends of the colour scale, red and blue; white is 0. `words` are for screen readers.
    """

    title: str
    where: str
    uri: str
    height: int
    width: int
    enlarged: int
    ends: tuple[str, str]
    note: str
    worst: tuple[int, int] | None
    words: str


def heat_maps(counterexample: Mapping[str, Any]) -> list[HeatMap]:
    """The heat maps of a counterexample; none where the check gave no excerpts, or none that can be read."""
    maps = counterexample.get("maps")
    if not isinstance(maps, Mapping):
        return []
    expected, got, difference = (_values(maps.get(name)) for name in ("expected", "got", "difference"))
    if expected is None or got is None or difference is None or not expected.shape == got.shape == difference.shape:
        return []
    what, origin = str(counterexample.get("what", "out")), _whole_numbers(maps.get("origin"))
    end, beyond = _shared_end(expected, got)
    where, worst = _where(what, origin, expected.shape), _worst(counterexample, origin, expected.shape)
    return [
        *_input(maps.get("input")),
        _map("Expected", where, expected, end, worst, beyond=beyond),
        _map("Got", where, got, end, worst, beyond=beyond),
        _map("Got − expected", where, difference, _end(difference), worst),
    ]


def number(value: float) -> str:
    """A value with three significant digits, however small it is."""
    return as_text(value, 3).replace("-", "−")


def _values(rows: Any) -> Values | None:
    """Rows of numbers (NaN and infinities as text) as an array, or nothing for anything else."""
    if not isinstance(rows, list) or not 0 < len(rows) <= LONGEST_SIDE:
        return None
    if not all(isinstance(row, list) and 0 < len(row) <= LONGEST_SIDE for row in rows):
        return None
    try:
        return np.array(rows, dtype=np.float64)
    except (TypeError, ValueError):
        return None


def _whole_numbers(items: Any) -> list[int]:
    if isinstance(items, list) and len(items) >= 2 and all(isinstance(item, int) for item in items):
        return items
    return []


def _end(values: Values) -> float:
    finite = np.abs(values[np.isfinite(values)])
    return float(finite.max()) if finite.size and finite.max() > 0 else 1.0


def _shared_end(expected: Values, got: Values) -> tuple[float, bool]:
    """Where the scale of both ends, and whether values lie beyond it."""
    both, wanted = max(_end(expected), _end(got)), _end(expected)
    return (FAR_BEYOND * wanted, True) if both > FAR_BEYOND * wanted and np.any(expected) else (both, False)


def _where(what: str, origin: list[int], shape: tuple[int, ...]) -> str:
    """The excerpt as one would write it in Python: `out[0, 1, 8:40, 0:32]`."""
    if not origin:
        return what
    *plane, top, left = origin
    return f"{what}[{', '.join([*map(str, plane), f'{top}:{top + shape[0]}', f'{left}:{left + shape[1]}'])}]"


def _worst(counterexample: Mapping[str, Any], origin: list[int], shape: tuple[int, ...]) -> tuple[int, int] | None:
    index = _whole_numbers(counterexample.get("index"))
    if not index or not origin:
        return None
    row, column = index[-2] - origin[-2], index[-1] - origin[-1]
    return (row, column) if 0 <= row < shape[0] and 0 <= column < shape[1] else None


def _input(given: Any) -> list[HeatMap]:
    values = _values(given.get("values")) if isinstance(given, Mapping) else None
    if values is None:
        return []
    where = _where(str(given.get("name", "input")), _whole_numbers(given.get("origin")), values.shape)
    return [_map("Input", where, values, _end(values), None)]


def _map(
    title: str,
    where: str,
    values: Values,
    end: float,
    worst: tuple[int, int] | None,
    *,
    beyond: bool = False,
) -> HeatMap:
    notes = ["What lies beyond the scale is cut off."] if beyond else []
    if not np.isfinite(values).all():
        notes.append("Grey is no finite number.")
    return HeatMap(
        title,
        where,
        data_uri(diverging(values / end)),
        *values.shape,
        max(1, SIDE // max(values.shape)),
        (number(-end), number(end)),
        " ".join(notes),
        worst,
        _words(title, where, values, worst),
    )


def _words(title: str, where: str, values: Values, worst: tuple[int, int] | None) -> str:
    """What a screen reader says of the picture."""
    finite = values[np.isfinite(values)]
    spread = f"from {number(float(finite.min()))} to {number(float(finite.max()))}" if finite.size else "none is finite"
    text = f"{title}, {where}: {values.shape[0]} × {values.shape[1]} values, {spread}"
    if worst is None:
        return text
    value = float(values[worst])
    return f"{text}; {number(value)} at the worst place"
