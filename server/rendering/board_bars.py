"""Intervals of speed on one common axis, as inline SVG: where each stands, and where the tiers begin."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from grader.contract import Tier
from server.rendering.axis import Axis, axis_of
from server.rendering.board_svg import dot, halfway, line, picture, pointer, square, text, throughout, upright
from server.rendering.board_words import number, tier_word

WIDE_RANGE = 8.0
"""How many times the slowest speed the fastest one is before an axis becomes logarithmic."""
MARGIN = 1.15
"""How far a logarithmic axis reaches beyond what it shows."""
FAR_BELOW = 4.0
"""How many times slower than the slowest tier the axis still shows: farther down nobody's rank or tier is decided."""
FEWEST_TICKS, MOST_TICKS = 3, 6
HEIGHT, END = 36, 8
TITLE_LINE, TIER_LINE, ABOVE_AXIS = 20, 17, 26
TURN = 60.0
"""From this percentage on a label stands to the left of its mark."""
METHOD_LOOKS = ("method", "reference")


@dataclass(frozen=True, slots=True)
class Interval:
    """A speed relative to the reference, and its bounds. `look` is `own`, `method`, `reference` or empty."""

    ratio: float
    low: float
    high: float
    look: str = ""


def speed_axis(intervals: Sequence[Interval], tiers: Sequence[Tier]) -> Axis:
    """The axis with all tiers, the reference (1) and the intervals; logarithmic for a wide range.

    What is far slower than the slowest tier stands at its left end: one naive method would squeeze all others together.
    """
    fixed = [1.0, *(tier.at_least for tier in tiers)]
    least = min(fixed) / FAR_BELOW
    ends = [max(end, least) for each in intervals for end in (each.low, each.high)]
    low, high = min(fixed + ends), max(fixed + ends)
    if high < WIDE_RANGE * low:
        return axis_of([0.0, high])
    return Axis(low / MARGIN, high * MARGIN, _ticks(low / MARGIN, high * MARGIN), is_log=True)


def place(axis: Axis, value: float) -> float:
    """Where a speed stands on an axis, in percent from the left; what lies beyond an end stands there."""
    return 100 * axis.share(min(axis.high, max(value, axis.low)))


def tick_text(value: float) -> str:
    """A tick's number, without a power of ten."""
    return f"{value:g}" if value >= 1e-4 or value == 0 else number(value, 1)


def scale(axis: Axis, tiers: Sequence[Tier]) -> Markup:
    """The head of a column of bars: a line for each tier with its name, and the axis with its numbers."""
    bottom = TITLE_LINE + TIER_LINE * len(tiers) + ABOVE_AXIS
    parts = [line(0, bottom, 100, bottom, "c-axis"), text(0, 9, "times as fast as the reference", "start")]
    for step, tier in enumerate(reversed(tiers)):
        parts += _tier(place(axis, tier.at_least), TITLE_LINE + 9 + TIER_LINE * step, bottom, tier)
    for value in axis.ticks:
        x = place(axis, value)
        parts += [upright(x, bottom - 4, bottom, "c-axis"), text(x, bottom - 12, tick_text(value))]
    return picture("b-scale", bottom + 1, parts)


def bar(axis: Axis, tiers: Sequence[Tier], shown: Interval) -> Markup:
    """One interval: a bar between its ends, and a mark for the speed itself; an arrow for what lies below the axis."""
    tier_lines = [throughout(place(axis, tier.at_least), "b-tier") for tier in tiers]
    return picture("b-row", HEIGHT, [*tier_lines, halfway(_marks(axis, shown))])


def _marks(axis: Axis, shown: Interval) -> list[str]:
    look = f" b-{shown.look}" if shown.look else ""
    if shown.high < axis.low:
        return [pointer(0, 0, 11, f"b-mark{look}")]
    mark = _mark(place(axis, shown.ratio), shown.look)
    if shown.high <= shown.low:
        return [mark]
    low, high = place(axis, shown.low), place(axis, shown.high)
    ends = [upright(end, -END, END, f"b-end{look}") for end in (low, high)]
    return [line(low, 0, high, 0, f"b-bar{look}"), *ends, mark]


def _mark(x: float, look: str) -> str:
    """A dot for a person, a square for a method: they differ without their colours."""
    classes = f"b-mark b-{look}" if look else "b-mark"
    return square(x, 0, 8, classes) if look in METHOD_LOOKS else dot(x, 0, 4, classes)


def _tier(x: float, y: float, bottom: float, tier: Tier) -> list[str]:
    label = f"{tier_word(tier.name)} {tier.at_least:g} ×"
    dx, anchor = (-5, "end") if x > TURN else (5, "start")
    return [upright(x, y - 7, bottom, "b-tier"), text(x, y, label, anchor, dx=dx, classes="b-tier-name")]


def _ticks(low: float, high: float) -> tuple[float, ...]:
    """Powers of ten between two values: with 2 and 5 times them where they are few, only some where they are many."""
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    tens = _within([10.0**power for power in powers], low, high)
    if len(tens) < FEWEST_TICKS:
        return _within([factor * 10.0**power for power in powers for factor in (1, 2, 5)], low, high)
    step = math.ceil(len(tens) / MOST_TICKS)
    # 1 is the reference: it keeps its tick when some are left out.
    first = next((index for index, value in enumerate(tens) if math.isclose(value, 1.0)), 0) % step
    return tens[first::step]


def _within(values: Iterable[float], low: float, high: float) -> tuple[float, ...]:
    return tuple(value for value in values if low <= value <= high)
