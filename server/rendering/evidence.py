"""A failed check's counterexample, arranged for reading: the call, where it is worst, and the values around it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from server.rendering.heat import HeatMap, heat_maps
from server.rendering.numbers import value

KNOWN = {"call", "what", "index", "expected", "got", "expected_window", "got_window", "window_origin", "inputs", "maps"}
MOST_CELLS = 20
RELATIVE_TOLERANCE = 1e-7
WINDOW_DIGITS = 4
BRACKETS = {"tuple": "()", "list": "[]", "dict": "{}"}


@dataclass(frozen=True, slots=True)
class Cell:
    """One value of a window; `differs` when the other window holds another one, `is_worst` at the worst place."""

    text: str
    differs: bool
    is_worst: bool


@dataclass(frozen=True, slots=True)
class Window:
    """A small part of an array: column numbers, and rows as (row number, cells). `plane` is the index before them."""

    plane: str
    columns: list[int]
    rows: list[tuple[int, list[Cell]]]


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a page shows of a counterexample. A part that the check did not give is None or empty."""

    call: str | None = None
    inputs: str | None = None
    place: str | None = None
    expected: str | None = None
    got: str | None = None
    expected_window: Window | None = None
    got_window: Window | None = None
    maps: list[HeatMap] = field(default_factory=list)
    others: list[tuple[str, str]] = field(default_factory=list)


def evidence(counterexample: Mapping[str, Any] | None) -> Evidence | None:
    """The counterexample for a page, or None where there is none. Unknown parts are kept under their own names."""
    if not counterexample:
        return None
    expected, got = (_rows(counterexample.get(key)) for key in ("expected_window", "got_window"))
    return Evidence(
        call=_text(counterexample.get("call")),
        inputs=_inputs(counterexample.get("inputs")),
        place=_place(counterexample),
        expected=_text(counterexample.get("expected")),
        got=_text(counterexample.get("got")),
        expected_window=_window(expected, got, counterexample),
        got_window=_window(got, expected, counterexample),
        maps=heat_maps(counterexample),
        others=[(key.replace("_", " "), value(item)) for key, item in counterexample.items() if key not in KNOWN],
    )


def _text(item: Any) -> str | None:
    return item if item is None or isinstance(item, str) else value(item)


def _inputs(inputs: Any) -> str | None:
    """The inputs as Python to paste into an interpreter, one name after the other."""
    if not isinstance(inputs, Mapping):
        return _text(inputs)
    return "\n".join(f"{name} = {_literal(item, len(str(name)) + 3)}" for name, item in inputs.items()) or None


def _literal(item: Any, indent: int) -> str:
    """An input as Python: nested lists are an array, and what holds arrays is as `small_inputs` of the judge says."""
    if isinstance(item, Mapping) and len(item) == 1:
        kind, parts = next(iter(item.items()))
        if kind == "text":
            return str(parts)
        if kind in BRACKETS and isinstance(parts, list):
            return _holder(kind, parts, indent)
    if not isinstance(item, list):
        return repr(item)
    return f"np.array({_rows_of(item, indent + len('np.array('))})"


def _holder(kind: str, parts: list[Any], indent: int) -> str:
    """A tuple, list or dictionary with a line for every part."""
    pairs = [part for part in parts if isinstance(part, list) and len(part) == 2]
    named = [(f"{key}: ", part) for key, part in pairs] if kind == "dict" else [("", part) for part in parts]
    written = [name + _literal(part, indent + 1 + len(name)) for name, part in named]
    opening, closing = BRACKETS[kind]
    comma = "," if kind == "tuple" and len(parts) == 1 else ""
    return opening + (",\n" + " " * (indent + 1)).join(written) + comma + closing


def _rows_of(items: list[Any], indent: int) -> str:
    """Nested lists with a line for every innermost one, as NumPy prints an array."""
    if not any(isinstance(item, list) for item in items):
        return f"[{', '.join(map(_number, items))}]"
    inner = [_rows_of(item, indent + 1) if isinstance(item, list) else repr(item) for item in items]
    return "[" + (",\n" + " " * (indent + 1)).join(inner) + "]"


def _number(item: Any) -> str:
    return f"np.{item}" if item in ("nan", "inf") else "-np.inf" if item == "-inf" else repr(item)


def _place(counterexample: Mapping[str, Any]) -> str | None:
    """Where the two differ most, as one would write it in Python: `out[0, 1, 2, 3]`."""
    index, what = counterexample.get("index"), counterexample.get("what", "")
    if isinstance(index, list):
        return f"{what}[{', '.join(map(str, index))}]" if index else str(what) or None
    return _text(index)


def _rows(window: Any) -> list[list[Any]]:
    if not isinstance(window, list) or not window:
        return []
    rows = window if all(isinstance(row, list) for row in window) else [window]
    return [row[:MOST_CELLS] for row in rows[:MOST_CELLS]]


def _window(rows: list[list[Any]], other: list[list[Any]], counterexample: Mapping[str, Any]) -> Window | None:
    if not rows:
        return None
    *plane, top, left = _whole_numbers(counterexample.get("window_origin")) or [0, 0]
    worst = tuple(_whole_numbers(counterexample.get("index"))[-2:])
    numbered = [
        (top + i, [_cell(item, other, i, j, (top + i, left + j) == worst) for j, item in enumerate(row)])
        for i, row in enumerate(rows)
    ]
    return Window(", ".join(map(str, plane)), [left + j for j in range(max(map(len, rows)))], numbered)


def _whole_numbers(items: Any) -> list[int]:
    """`items` when it is an index of two numbers at least, else nothing."""
    if isinstance(items, list) and len(items) >= 2 and all(isinstance(item, int) for item in items):
        return items
    return []


def _cell(item: Any, other: list[list[Any]], i: int, j: int, is_worst: bool) -> Cell:
    facing = other[i][j] if i < len(other) and j < len(other[i]) else None
    return Cell(value(item, WINDOW_DIGITS), bool(other) and _differs(item, facing), is_worst)


def _differs(one: Any, other: Any) -> bool:
    if isinstance(one, int | float) and isinstance(other, int | float):
        return not math.isclose(one, other, rel_tol=RELATIVE_TOLERANCE, abs_tol=1e-12)
    return bool(one != other)
