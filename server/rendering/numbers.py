"""Figures as people read them: points without needless zeros, values with the digits that matter."""

from __future__ import annotations

import math
from typing import Any

DIGITS = 6
LONGEST = 60


def data_size(count: int) -> str:
    """A number of bytes as people read it: 812 bytes, 9.6 KiB, 1.2 MiB."""
    if count < 1024:
        return f"{count:,} byte{'' if count == 1 else 's'}"
    size, unit = (count / 1024, "KiB") if count < 2**20 else (count / 2**20, "MiB")
    return f"{size:,.1f} {unit}"


def points(value: float | None) -> str:
    """Points with two decimals at most: 8, 7.5, 6.67; a dash where there are none."""
    if value is None or not math.isfinite(value):
        return "–"
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def value(item: Any, digits: int = DIGITS) -> str:
    """One value of a counterexample with `digits` significant digits; NaN and infinities by name."""
    if item is None:
        return "–"
    if isinstance(item, list | tuple):
        return f"({', '.join(map(value, item))})"
    if isinstance(item, float) and math.isfinite(item) and not item.is_integer():
        return f"{item:.{digits}g}"
    if isinstance(item, float) and item.is_integer() and abs(item) < 1e15:
        return f"{int(item)}"
    text = str(item)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def ordinal(number: int) -> str:
    """1st, 2nd, 3rd, 11th."""
    suffix = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{suffix}"


def percentage(part: float | None, whole: float | None) -> int | None:
    """`part` of `whole` in percent from 0 to 100, rounded down so that only full marks read as 100."""
    if part is None or not whole or whole <= 0:
        return None
    return max(0, min(100, math.floor(100 * part / whole + 1e-9)))


def band(part: float | None, whole: float | None) -> str:
    """The step of the colour scale for a score: `none`, then `0` to `4` (`4` is full marks)."""
    percent = percentage(part, whole)
    if percent is None:
        return "none"
    if percent >= 100:
        return "4"
    return "3" if percent >= 75 else "2" if percent >= 50 else "1" if percent > 0 else "0"


def seconds(duration: float) -> str:
    """A duration in seconds: 3 ms, 0.42 s, 12 s."""
    if duration < 0.1:
        return f"{duration * 1000:.0f} ms"
    return f"{duration:.2f} s" if duration < 10 else f"{duration:.0f} s"
