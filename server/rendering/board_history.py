"""How fast one person's submissions have become, as a chart with an interval for each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from grader.contract import Tier
from server.rendering.axis import Axis
from server.rendering.board_bars import Interval, place, speed_axis, tick_text
from server.rendering.board_svg import dot, line, picture, text, upright
from server.rendering.board_words import interval, ratio, tier_word

HEIGHT, ABOVE, BELOW = 180, 10, 24
LABELS = "52"
LEFT, RIGHT = 18.0, 5.0
"""Percent between the edges and the first and the last mark; the tiers' names stand to the left."""
MOST_LABELS = 5
LARGEST_DOT, SMALLEST_DOT, DOTS = 5.5, 2.5, 80.0
"""Radii of a mark in pixels, and the sum of all that fit: many are small, so that intervals are seen beside them."""


@dataclass(frozen=True, slots=True)
class DrawnHistory:
    """The chart for a page: `scale` beside `plot`, and in `words` what a screen reader says of both."""

    scale: Markup
    plot: Markup
    words: str


def drawn_history(steps: Sequence[tuple[str, Interval]], tiers: Sequence[Tier]) -> DrawnHistory | None:
    """The chart of named steps, the earliest first; None for fewer than two, which make no history."""
    if len(steps) < 2:
        return None
    axis = speed_axis([shown for _, shown in steps], tiers)
    told = "; ".join(f"{name} {ratio(each.ratio)}, {interval(each.low, each.high)}" for name, each in steps)
    return DrawnHistory(_scale(axis), _plot(steps, axis, tiers), f"Speed relative to the reference: {told}.")


def _scale(axis: Axis) -> Markup:
    texts = [text(100, _down(axis, value), tick_text(value), "end") for value in axis.ticks]
    return picture("chart-scale", ABOVE + HEIGHT + BELOW, texts, width=LABELS)


def _plot(steps: Sequence[tuple[str, Interval]], axis: Axis, tiers: Sequence[Tier]) -> Markup:
    bottom = ABOVE + HEIGHT
    parts = [line(0, _down(axis, value), 100, _down(axis, value), "c-grid") for value in axis.ticks]
    for tier in tiers:
        y = _down(axis, tier.at_least)
        parts += [line(0, y, 100, y, "b-tier"), text(0, y - 8, tier_word(tier.name), "start", classes="b-tier-name")]
    parts.append(line(0, bottom, 100, bottom, "c-axis"))
    gap = (100 - LEFT - RIGHT) / (len(steps) - 1)
    every = -(-len(steps) // MOST_LABELS)
    radius = max(SMALLEST_DOT, min(LARGEST_DOT, DOTS / len(steps)))
    for step, (name, shown) in enumerate(steps):
        x = LEFT + gap * step
        parts += _step(x, shown, axis, radius)
        if step % every == 0:
            parts.append(text(x, bottom + 15, name))
    return picture("chart-plot", bottom + BELOW, parts)


def _step(x: float, shown: Interval, axis: Axis, radius: float) -> list[str]:
    return [
        upright(x, _down(axis, shown.high), _down(axis, shown.low), "b-bar b-own"),
        dot(x, _down(axis, shown.ratio), radius, "b-mark b-own"),
    ]


def _down(axis: Axis, value: float) -> float:
    """Pixels from the top."""
    return ABOVE + HEIGHT * (1 - place(axis, value) / 100)
