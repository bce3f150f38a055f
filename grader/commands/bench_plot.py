"""Intervals of speed as bars in a terminal, on a logarithmic axis, with what they are held against as marks."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.text import Text

NARROWEST, WIDEST = 20, 72
LINE, END_LEFT, END_RIGHT, MIDDLE = "─", "├", "┤", "●"


@dataclass(frozen=True, slots=True)
class Bar:
    """One interval of a speed relative to the reference."""

    name: str
    low: float
    ratio: float
    high: float
    is_own: bool = False


@dataclass(frozen=True, slots=True)
class Mark:
    """One speed that is marked on the axis."""

    sign: str
    name: str
    at: float


@dataclass(frozen=True, slots=True)
class Axis:
    """A logarithmic axis of `width` characters."""

    low: float
    high: float
    width: int

    def place(self, ratio: float) -> int:
        """In which character a speed lies."""
        share = math.log(ratio / self.low) / math.log(self.high / self.low)
        return max(0, min(self.width - 1, round(share * (self.width - 1))))


def axis_of(bars: Sequence[Bar], marks: Sequence[Mark], width: int) -> Axis:
    """An axis that holds everything, with some room at its ends."""
    ends = [mark.at for mark in marks] + [end for bar in bars for end in (bar.low, bar.high)]
    return Axis(min(ends) / 1.1, max(ends) * 1.1, width)


def show_plot(bars: Sequence[Bar], marks: Sequence[Mark], console: Console) -> None:
    """A row for each bar, then what the marks are."""
    names = max(len(bar.name) for bar in bars)
    width = max(NARROWEST, min(WIDEST, console.width - names - 3))
    axis = axis_of(bars, marks, width)
    for bar in bars:
        name = Text(f"{bar.name:>{names}}  ", style="bold" if bar.is_own else "")
        console.print(name + row_of(bar, marks, axis), no_wrap=True, crop=True)
    ends = f"{axis.low:.2g}".ljust(width - len(f"{axis.high:.2g}")) + f"{axis.high:.2g}"
    console.print(Text(" " * (names + 2) + ends, style="dim"), no_wrap=True, crop=True)
    for sign, told in _legend(marks):
        console.print(Text.assemble(" " * (names + 2), (sign, "cyan"), f" {told}"))


def row_of(bar: Bar, marks: Sequence[Mark], axis: Axis) -> Text:
    """One interval, over the marks."""
    cells = [" "] * axis.width
    for mark in marks:
        cells[axis.place(mark.at)] = mark.sign
    left, right = axis.place(bar.low), axis.place(bar.high)
    row = Text("".join(cells), style="cyan")
    drawn = LINE * (right - left + 1) if right - left < 2 else END_LEFT + LINE * (right - left - 1) + END_RIGHT
    middle = axis.place(bar.ratio) - left
    drawn = drawn[:middle] + MIDDLE + drawn[middle + 1 :]
    return row[:left] + Text(drawn, style="bold" if bar.is_own else "") + row[right + 1 :]


def _legend(marks: Sequence[Mark]) -> list[tuple[str, str]]:
    told: dict[str, list[str]] = {}
    for mark in marks:
        told.setdefault(mark.sign, []).append(f"{mark.name} {mark.at:.3g}")
    return [(sign, ", ".join(names)) for sign, names in told.items()]
