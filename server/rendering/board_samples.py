"""The raw times of a timing: a row of dots for each process, and the same numbers as a table."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from grader.contract import ProcessPair
from server.rendering.axis import Axis, axis_of
from server.rendering.board_bars import place, tick_text
from server.rendering.board_svg import dot, line, picture, square, text, upright
from server.rendering.board_words import duration, ratio

ROW, ABOVE, BELOW = 40, 6, 26
SUBMISSION_AT, REFERENCE_AT = 12, 28
LABELS = "64"
WIDE_RANGE = 20.0
MOST_DOTS = 100
"""Dots of one process: more would be a bar."""
MOST_ROWS = 200
"""Calls of one process in the table; the files to download have all."""


@dataclass(frozen=True, slots=True)
class PairRow:
    """What one pair of processes gave, as texts; `calls` has the times of each call in milliseconds."""

    number: int
    count: int
    submission: str
    reference: str
    ratio: str
    calls: list[tuple[int, str, str]]


@dataclass(frozen=True, slots=True)
class DrawnSamples:
    """The samples for a page. `legend` has a mark each of submission, reference and median.

    `is_thinned` says that some process made more calls than the picture shows (`most_dots`), or even the table
    (`most_rows`).
    """

    scale: Markup
    plot: Markup
    words: str
    rows: list[PairRow]
    legend: tuple[Markup, Markup, Markup]
    is_thinned: bool
    most_dots: int = MOST_DOTS
    most_rows: int = MOST_ROWS


def drawn_samples(pairs: Sequence[ProcessPair]) -> DrawnSamples | None:
    """The samples as dots and as tables; None where nothing was measured."""
    measured = [pair for pair in pairs if pair.submission]
    if not measured:
        return None
    times = [time for pair in measured for time in (*pair.submission, *pair.reference)]
    axis = axis_of(times, is_log=max(times) > WIDE_RANGE * min(times) > 0)
    rows = [_row(number, pair) for number, pair in enumerate(measured, 1)]
    most = max(len(pair.submission) for pair in measured)
    plot = _plot(measured, axis)
    return DrawnSamples(_scale(len(measured)), plot, _words(rows), rows, _legend(), is_thinned=most > MOST_DOTS)


def paired_ratio(pair: ProcessPair) -> float:
    """The median of reference's time divided by submission's, call by call."""
    return statistics.median(
        reference / submission for submission, reference in zip(pair.submission, pair.reference, strict=True)
    )


def _row(number: int, pair: ProcessPair) -> PairRow:
    calls = zip(pair.submission, pair.reference, strict=True)
    return PairRow(
        number,
        len(pair.submission),
        duration(statistics.median(pair.submission)),
        duration(statistics.median(pair.reference)),
        ratio(paired_ratio(pair)),
        [(call, f"{own:.4g}", f"{other:.4g}") for call, (own, other) in enumerate(calls, 1)][:MOST_ROWS],
    )


def _words(rows: Sequence[PairRow]) -> str:
    told = (f"pair {row.number}: submission {row.submission}, reference {row.reference}" for row in rows)
    return f"Times of the calls. Medians, {'; '.join(told)}."


def _scale(count: int) -> Markup:
    texts = [text(100, ABOVE + ROW * (row + 0.5), f"Pair {row + 1}", "end") for row in range(count)]
    return picture("chart-scale", ABOVE + ROW * count + BELOW, texts, width=LABELS)


def _plot(pairs: Sequence[ProcessPair], axis: Axis) -> Markup:
    bottom = ABOVE + ROW * len(pairs)
    parts = []
    for value in axis.ticks:
        x = place(axis, value)
        parts += [upright(x, 0, bottom, "c-grid"), text(x, bottom + 15, tick_text(value))]
    for number, pair in enumerate(pairs):
        top = ABOVE + ROW * number
        parts += [dot(place(axis, time), top + SUBMISSION_AT, 3, "b-sample") for time in _some(pair.submission)]
        parts += [square(place(axis, time), top + REFERENCE_AT, 5, "b-sample-ref") for time in _some(pair.reference)]
        for times, y in ((pair.submission, top + SUBMISSION_AT), (pair.reference, top + REFERENCE_AT)):
            parts.append(upright(place(axis, statistics.median(times)), y - 8, y + 8, "b-median"))
        parts.append(line(0, top + ROW, 100, top + ROW, "c-grid"))
    return picture("chart-plot", bottom + BELOW, parts)


def _legend() -> tuple[Markup, Markup, Markup]:
    marks = dot(50, 8, 3, "b-sample"), square(50, 8, 5, "b-sample-ref"), upright(50, 0, 16, "b-median")
    own, other, median = (picture("chart-sample", 16, [mark], width="16") for mark in marks)
    return own, other, median


def _some(times: Sequence[float]) -> list[float]:
    """The times to draw: all, or evenly many of them in order of size, the shortest and the longest among them."""
    if len(times) <= MOST_DOTS:
        return list(times)
    ordered = sorted(times)
    last = len(ordered) - 1
    return [ordered[round(place_ * last / (MOST_DOTS - 1))] for place_ in range(MOST_DOTS)]
