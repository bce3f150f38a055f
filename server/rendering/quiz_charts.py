"""Pictures of a quiz's results: how the totals are spread, and where each question stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from markupsafe import Markup

from server.quiz.analysis import ItemFigures
from server.quiz.analysis.moments import Values
from server.rendering.numbers import points
from server.rendering.svg import Canvas

WIDTH, HEIGHT = 460, 150
LEFT, TOP = 34, 26
BARS = 10
MOST_WHOLE = 20
MAP_SIDE = 220
DOT = 22


def figure(value: float | None, digits: int = 2, unit: str = "") -> str:
    """A figure of the item analysis with so many decimals; `undefined` where there is none."""
    if value is None:
        return "undefined"
    text = f"{value:.{digits}f}"
    return f"{'0' if float(text) == 0 and digits == 0 else text.replace('-', '−')}{unit}"


@dataclass(frozen=True, slots=True)
class Bin:
    """Totals from `low` to below `high` (the last bin has its end), or exactly `low` where both are equal."""

    low: float
    high: float
    count: int

    @property
    def label(self) -> str:
        """The totals that it stands for."""
        return points(self.low) if self.low == self.high else f"{points(self.low)}–{points(self.high)}"


def bins(totals: Values, most: float) -> list[Bin]:
    """One bin for each whole mark of a short quiz with whole marks, else ten of the same width from 0 to `most`."""
    if most <= 0 or not len(totals):
        return []
    if most <= MOST_WHOLE and float(most).is_integer() and bool(np.all(totals == np.round(totals))):
        return [
            Bin(mark, mark, int((totals == mark).sum())) for mark in range(int(min(totals.min(), 0)), int(most) + 1)
        ]
    edges = np.linspace(min(0.0, float(totals.min())), most, BARS + 1)
    counts, _ = np.histogram(np.minimum(totals, most), edges)
    return [
        Bin(float(low), float(high), int(count)) for low, high, count in zip(edges, edges[1:], counts, strict=False)
    ]


def histogram(totals: Values, most: float) -> Markup:
    """The distribution of the totals as bars, with the mean marked."""
    found = bins(totals, most)
    if not found:
        return Markup()
    canvas, highest = Canvas(), max(each.count for each in found)
    width = WIDTH / len(found)
    for place, each in enumerate(found):
        _bar(canvas, LEFT + place * width, width, each, highest)
    canvas.line(LEFT, TOP + HEIGHT, LEFT + WIDTH, TOP + HEIGHT, "p-axis")
    x = LEFT + _position(float(totals.mean()), found) * width
    canvas.line(x, TOP - 10, x, TOP + HEIGHT, "q-mean")
    for place, each in enumerate(found):  # over the line, which would otherwise cross a number
        _count(canvas, LEFT + (place + 0.5) * width, each, highest)
    said = ", ".join(f"{each.count} with {each.label}" for each in found if each.count)
    return canvas.svg(f"Distribution of {len(totals)} totals: {said}. Mean {points(float(totals.mean()))}.")


def _bar(canvas: Canvas, x: float, width: float, each: Bin, highest: int) -> None:
    height = HEIGHT * each.count / highest
    if each.count:
        canvas.rectangle(x + 2, TOP + HEIGHT - height, width - 4, height, "q-column", radius=2)
    canvas.text(x + width / 2, TOP + HEIGHT + 14, points(each.low), "p-small")


def _count(canvas: Canvas, x: float, each: Bin, highest: int) -> None:
    height = HEIGHT * each.count / highest
    if each.count:
        inside = height > HEIGHT - 14
        y = TOP + HEIGHT - height + (10 if inside else -8)
        canvas.text(x, y, str(each.count), "p-small q-on-column" if inside else "p-small q-over-line")


def _position(value: float, found: Sequence[Bin]) -> float:
    """Where a total stands, in bins from the left edge."""
    first = found[0]
    if first.low == first.high:
        return value - first.low + 0.5
    return (value - first.low) / (first.high - first.low)


def item_map(figures: Sequence[tuple[int, ItemFigures]]) -> Markup:
    """Every question by its number: easy ones to the right, those that tell people apart above."""
    shown = [
        (number, item.facility, item.discrimination_index)
        for number, item in figures
        if item.facility is not None and item.discrimination_index is not None
    ]
    if not shown:
        return Markup()
    canvas = Canvas()
    lowest = -100 if min(index for _, _, index in shown) < -25 else -25
    _axes(canvas, lowest)
    placed: list[tuple[float, float]] = []
    for number, facility, index in shown:
        x, y = _beside(LEFT + 2 * MAP_SIDE * facility, _height(index, lowest), placed)
        placed.append((x, y))
        canvas.dot(x, y, DOT / 2, "q-dot q-dot-bad" if index < 0 else "q-dot")
        canvas.text(x, y, str(number), "q-dot-number")
    said = ", ".join(
        f"Q{number} facility {facility:.2f} discrimination {index:.0f}" for number, facility, index in shown
    )
    return canvas.svg(f"Questions by facility and discrimination: {said}.")


def _beside(x: float, y: float, placed: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """The place of a dot, moved aside where another one would hide it."""
    while any(abs(x - other_x) < DOT and abs(y - other_y) < DOT for other_x, other_y in placed):
        x += DOT / 2
    return x, y


def _axes(canvas: Canvas, lowest: float) -> None:
    bottom, right = TOP + MAP_SIDE, LEFT + 2 * MAP_SIDE
    for mark in (0, 50, 100):
        y = _height(mark, lowest)
        canvas.line(LEFT, y, right, y, "p-axis" if mark == 0 else "q-grid")
        canvas.text(LEFT - 6, y, str(mark), "p-small", anchor="end")
    for percent in (0, 25, 50, 75, 100):
        x = LEFT + 2 * MAP_SIDE * percent / 100
        canvas.line(x, TOP, x, bottom, "q-grid")
        canvas.text(x, bottom + 12, f"{percent} %", "p-small")
    canvas.text(LEFT + MAP_SIDE, bottom + 30, "facility", "p-label")
    canvas.text(LEFT, 9, "discrimination", "p-label", anchor="start")


def _height(index: float, lowest: float) -> float:
    return TOP + MAP_SIDE * (100 - index) / (100 - lowest)
