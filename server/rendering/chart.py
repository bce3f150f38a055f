"""A chart that a check shows, as inline SVG: lines over two axes, with its legend and its values as a table.

The picture grows with the page, the letters do not: places from left to right are percentages, from top to bottom
pixels.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from grader.contract.figure import Chart, Curve
from server.rendering.axis import Axis, axis_of, tick

HEIGHT = 200
LABELS = 52
"""Width of the column where the values of y stand."""
ABOVE, BELOW = 10, 24
LOOKS = 6
MOST_DOTS = 40
MOST_ROWS = 100
Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class LegendRow:
    """A curve's name with a sample of its line, and the last of its values."""

    sample: Markup
    name: str
    last: str


@dataclass(frozen=True, slots=True)
class DrawnChart:
    """A chart for a page. `scale` and `plot` stand beside each other; `words` are what a screen reader says of both.

    `columns` and `rows` are the values as a table, with so many rows at most that a page stays small; `is_thinned` says
    that there would be more.
    """

    chart: Chart
    words: str
    scale: Markup
    plot: Markup
    legend: list[LegendRow]
    columns: list[str]
    rows: list[list[str]]
    is_thinned: bool


def drawn_chart(chart: Chart) -> DrawnChart:
    """The chart for a page."""
    x_axis, y_axis = _axes(chart)
    rows, is_thinned = _rows(chart)
    return DrawnChart(
        chart,
        _words(chart),
        _scale(y_axis),
        _plot(chart, x_axis, y_axis),
        _legend(chart),
        [chart.x_label, *(curve.name for curve in chart.curves)],
        rows,
        is_thinned,
    )


def look(number: int) -> str:
    """The classes of a curve: colour and dash, each pair once among twelve, both new for each of the first six."""
    return f"c-line c-colour-{number % LOOKS} c-dash-{(number + number // LOOKS) % LOOKS}"


def _axes(chart: Chart) -> tuple[Axis, Axis]:
    places = [x for curve in chart.curves for x in curve.x]
    values = [y for curve in chart.curves for y in curve.y if y is not None and (y > 0 or not chart.is_log)]
    asked = [] if chart.limit is None or (chart.is_log and chart.limit <= 0) else [chart.limit]
    return axis_of(places, is_tight=True), axis_of(values + asked, is_log=chart.is_log)


def _scale(axis: Axis) -> Markup:
    """The values of y, beside the plot."""
    texts = [_text("100%", _down(axis.share(value)), text, "end") for value, text in axis.labels]
    return _svg(f'class="chart-scale" width="{LABELS}"', texts)


def _plot(chart: Chart, x_axis: Axis, y_axis: Axis) -> Markup:
    parts = []
    for value in y_axis.ticks:
        y = _down(y_axis.share(value))
        parts.append(f'<line x1="0" x2="100%" y1="{y:.1f}" y2="{y:.1f}" class="c-grid"/>')
    bottom = ABOVE + HEIGHT
    for value, label in x_axis.labels:
        x = 100 * x_axis.share(value)
        parts.append(f'<line x1="{x:.2f}%" x2="{x:.2f}%" y1="{bottom}" y2="{bottom + 4}" class="c-axis"/>')
        parts.append(_text(f"{x:.2f}%", bottom + 15, label, "middle"))
    parts.append(f'<line x1="0" x2="100%" y1="{bottom}" y2="{bottom}" class="c-axis"/>')
    if chart.limit is not None and (chart.limit > 0 or not chart.is_log):
        y = _down(y_axis.share(chart.limit))
        parts.append(f'<line x1="0" x2="100%" y1="{y:.1f}" y2="{y:.1f}" class="c-limit"/>')
    for number, curve in enumerate(chart.curves):
        parts += _curve(curve, look(number), x_axis, y_axis)
    return _svg('class="chart-plot" width="100%"', parts)


def _curve(curve: Curve, classes: str, x_axis: Axis, y_axis: Axis) -> list[str]:
    """A path for what is connected, and dots where there are few values or one stands alone."""
    pieces = _pieces(curve, x_axis, y_axis)
    path = " ".join("M" + " L".join(f"{1000 * x:.1f} {_down(y):.1f}" for x, y in piece) for piece in pieces)
    drawn = (
        f'<svg viewBox="0 0 1000 {ABOVE + HEIGHT + BELOW}" preserveAspectRatio="none" width="100%" height="100%" '
        f'overflow="visible"><path d="{path}" class="{classes}"/></svg>'
    )
    dots = [point for piece in pieces for point in piece if len(piece) == 1 or len(curve.x) <= MOST_DOTS]
    return [
        drawn,
        *(f'<circle cx="{100 * x:.2f}%" cy="{_down(y):.1f}" r="2.5" class="{classes} c-dot"/>' for x, y in dots),
    ]


def _pieces(curve: Curve, x_axis: Axis, y_axis: Axis) -> list[list[Point]]:
    """The points between the gaps, as shares of both axes."""
    pieces: list[list[Point]] = [[]]
    for x, y in zip(curve.x, curve.y, strict=True):
        if y is None or (y_axis.is_log and y <= 0):
            pieces.append([])
        else:
            pieces[-1].append((x_axis.share(x), y_axis.share(y)))
    return [piece for piece in pieces if piece]


def _down(share: float) -> float:
    """Pixels from the top."""
    return ABOVE + HEIGHT * (1 - share)


def _text(x: str, y: float, text: str, anchor: str) -> str:
    return f'<text x="{x}" y="{y:.1f}" text-anchor="{anchor}" dominant-baseline="central">{escape(text)}</text>'


def _svg(attributes: str, parts: Sequence[str]) -> Markup:
    opening = f'<svg {attributes} height="{ABOVE + HEIGHT + BELOW}" aria-hidden="true">'
    return Markup(opening + "".join(parts) + "</svg>")  # noqa: S704 - every text was escaped above


def _sample(classes: str) -> Markup:
    line = f'<line x1="1" x2="33" y1="5" y2="5" class="{classes}"/>'
    drawn = f'<svg class="chart-sample" width="34" height="10" aria-hidden="true">{line}</svg>'
    return Markup(drawn)  # noqa: S704 - the classes are this module's


def _legend(chart: Chart) -> list[LegendRow]:
    rows = [LegendRow(_sample(look(number)), curve.name, _last(curve)) for number, curve in enumerate(chart.curves)]
    if chart.limit is not None:
        rows.append(LegendRow(_sample("c-limit"), "what the check asks for", tick(chart.limit)))
    return rows


def _last(curve: Curve) -> str:
    known = [value for value in curve.y if value is not None]
    return tick(known[-1]) if known else "no value"


def _words(chart: Chart) -> str:
    """The chart in a sentence for each curve."""
    told = [f"{chart.title}: {chart.y_label} over {chart.x_label}."]
    for curve in chart.curves:
        known = [(x, y) for x, y in zip(curve.x, curve.y, strict=True) if y is not None]
        if not known:
            told.append(f"{curve.name} has no values.")
            continue
        (first, start), (last, end) = known[0], known[-1]
        told.append(f"{curve.name}: {tick(start)} at {tick(first)}, {tick(end)} at {tick(last)}.")
    if chart.limit is not None:
        told.append(f"The check asks for {tick(chart.limit)}.")
    return " ".join(told)


def _rows(chart: Chart) -> tuple[list[list[str]], bool]:
    """The values by their places, and whether rows are left out."""
    values = [dict(zip(curve.x, curve.y, strict=True)) for curve in chart.curves]
    places = sorted({x for curve in chart.curves for x in curve.x})
    step = max(1, math.ceil(len(places) / MOST_ROWS))
    kept = places[::step] if not places or places[-1] in places[::step] else [*places[::step], places[-1]]
    rows = [[tick(x), *(_cell(each, x) for each in values)] for x in kept]
    return rows, step > 1


def _cell(values: dict[float, float | None], x: float) -> str:
    value = values.get(x)
    return tick(value) if value is not None else "no number" if x in values else ""
