"""The raw times of a timing: a dot for every call as long as they can be told apart, and tables that say the same."""

from __future__ import annotations

import re

import pytest

from grader.contract import ProcessPair
from server.rendering.board_samples import MOST_DOTS, MOST_ROWS, drawn_samples, paired_ratio

PAIR = ProcessPair((20.0, 10.0, 12.0), (40.0, 20.0, 36.0))


def dots(plot: str) -> list[float]:
    return [float(x) for x in re.findall(r'<circle cx="([\d.]+)%"', plot)]


def test_every_call_is_a_dot_and_every_call_of_the_reference_a_square():
    drawn = drawn_samples((PAIR, PAIR))
    assert len(dots(drawn.plot)) == 6
    assert drawn.plot.count("b-sample-ref") == 6
    assert drawn.plot.count("b-median") == 4
    assert not drawn.is_thinned
    assert re.findall(r">(Pair \d)<", drawn.scale) == ["Pair 1", "Pair 2"]


def test_longer_calls_stand_farther_right():
    places = dots(drawn_samples((PAIR,)).plot)
    assert places[1] < places[2] < places[0]


def test_the_ratio_of_a_pair_is_the_median_of_its_calls_ratios():
    assert paired_ratio(PAIR) == 2.0
    assert paired_ratio(ProcessPair((10.0, 1.0, 1.0), (10.0, 9.0, 3.0))) == 3.0


def test_the_table_and_the_words_have_the_medians():
    drawn = drawn_samples((PAIR,))
    (row,) = drawn.rows
    assert (row.count, row.submission, row.reference, row.ratio) == (3, "12.0 ms", "36.0 ms", "2.0 ×")
    assert row.calls[0] == (1, "20", "40")
    assert "pair 1: submission 12.0 ms, reference 36.0 ms" in drawn.words


def test_many_calls_are_thinned_but_keep_the_shortest_and_the_longest():
    times = tuple(10.0 + 0.01 * call for call in range(1000))
    drawn = drawn_samples((ProcessPair(times, times),))
    places = dots(drawn.plot)
    assert drawn.is_thinned
    assert len(places) == MOST_DOTS
    assert len(drawn.rows[0].calls) == MOST_ROWS
    whole = dots(drawn_samples((ProcessPair((10.0, 19.99), (10.0, 19.99)),)).plot)
    assert (min(places), max(places)) == pytest.approx((min(whole), max(whole)), abs=0.01)


def test_times_far_apart_stand_on_a_logarithmic_axis():
    drawn = drawn_samples((ProcessPair((1.0, 1.1, 1.2), (2400.0, 2500.0, 2600.0)),))
    places = dots(drawn.plot)
    assert max(places) - min(places) > 1, "on a linear axis these were one dot"


def test_nothing_measured_is_no_picture():
    assert drawn_samples(()) is None
    assert drawn_samples((ProcessPair((), ()),)) is None
