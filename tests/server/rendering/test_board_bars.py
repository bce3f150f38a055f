"""Bars of a board: everybody on one axis, tiers where they begin, and marks that differ without their colours."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.contract import Tier
from server.rendering.board_bars import Interval, bar, place, scale, speed_axis, tick_text
from server.rendering.board_history import drawn_history

TIERS = (Tier("bronze", 0.05, 1.0), Tier("silver", 0.5, 1.5), Tier("gold", 1.5, 2.0))
NEAR = (Tier("gold", 1.0, 1.0),)
SPEEDS = st.floats(min_value=1e-5, max_value=1e4)


def around(ratio: float, look: str = "") -> Interval:
    return Interval(ratio, ratio * 0.95, ratio * 1.05, look)


def mark(drawn: str) -> float:
    (x,) = re.findall(r'<circle cx="([\d.]+)%"', drawn)
    return float(x)


def test_a_small_range_is_linear_from_zero_and_a_large_one_logarithmic():
    assert not speed_axis([around(1.2), around(0.5)], NEAR).is_log
    assert speed_axis([around(1.2), around(0.5)], NEAR).low == 0
    assert speed_axis([around(1.2), around(0.02)], TIERS).is_log


@given(st.lists(SPEEDS, min_size=1, max_size=30))
def test_the_axis_has_a_place_for_every_tier_the_reference_and_all_that_is_near_them(speeds):
    axis = speed_axis([around(speed) for speed in speeds], TIERS)
    for value in (1.0, *(tier.at_least for tier in TIERS), *(speed for speed in speeds if speed > 0.05)):
        assert axis.low <= value <= axis.high
    assert all(axis.low <= value <= axis.high for value in axis.ticks)
    assert len(axis.ticks) >= 2


@given(st.lists(SPEEDS, min_size=2, max_size=20, unique=True))
def test_the_faster_one_never_stands_left_of_the_slower_one(speeds):
    axis = speed_axis([around(speed) for speed in speeds], TIERS)
    places = [place(axis, speed) for speed in sorted(speeds)]
    assert places == sorted(places)
    assert 0 <= places[0] <= places[-1] <= 100


def test_one_naive_method_does_not_squeeze_the_others_together():
    people = [around(1.0), around(0.5)]
    alone, beside = speed_axis(people, TIERS), speed_axis([*people, around(0.0001, "method")], TIERS)
    distances = [place(axis, 1.0) - place(axis, 0.5) for axis in (alone, beside)]
    assert distances[1] > 0.6 * distances[0]
    drawn = bar(beside, TIERS, around(0.0001, "method"))
    assert "<path" in drawn, "an arrow to the left says that it lies below the axis"
    assert "<rect" not in drawn


def test_a_bar_reaches_between_the_ends_of_its_interval():
    shown = Interval(0.3, 0.2, 0.4)
    axis = speed_axis([shown], TIERS)
    found = re.search(r'x1="([\d.]+)%" x2="([\d.]+)%"[^>]* class="b-bar"', bar(axis, TIERS, shown))
    low, high = map(float, found.groups())
    assert low == pytest.approx(place(axis, 0.2), abs=0.01)
    assert high == pytest.approx(place(axis, 0.4), abs=0.01)
    assert low < mark(bar(axis, TIERS, shown)) < high


def test_a_speed_without_an_interval_has_a_mark_and_no_bar():
    axis = speed_axis([], TIERS)
    assert "b-bar" not in bar(axis, TIERS, Interval(1.0, 1.0, 1.0, "reference"))


@pytest.mark.parametrize(("look", "shape"), [("", "<circle"), ("own", "<circle"), ("method", "<rect")])
def test_methods_have_another_shape_than_people(look, shape):
    axis = speed_axis([around(1.0)], TIERS)
    assert shape in bar(axis, TIERS, around(1.0, look))


def test_the_head_names_every_tier_above_its_line():
    axis = speed_axis([around(0.2)], TIERS)
    drawn = scale(axis, TIERS)
    for tier, name in zip(TIERS, ("Bronze 0.05 ×", "Silver 0.5 ×", "Gold 1.5 ×"), strict=True):
        assert name in drawn
        assert f'x1="{place(axis, tier.at_least):.2f}%" x2="{place(axis, tier.at_least):.2f}%"' in drawn
    heights = [float(y) for y in re.findall(r'y="([\d.]+)"[^>]*class="b-tier-name"', drawn)]
    assert len(set(heights)) == 3, "names never cover each other"


def test_ticks_are_written_without_powers_of_ten():
    assert [tick_text(value) for value in (0, 0.00001, 0.05, 2.0, 1000.0)] == ["0", "0.00001", "0.05", "2", "1000"]


def test_one_timing_is_no_history():
    assert drawn_history([("#1", around(1.0))], TIERS) is None


def test_the_history_rises_with_the_speed_and_says_it_in_words():
    drawn = drawn_history([("#1", around(0.1)), ("#2", around(0.4)), ("#4", around(1.6))], TIERS)
    places = [(float(x), float(y)) for x, y in re.findall(r'<circle cx="([\d.]+)%" cy="([\d.]+)"', drawn.plot)]
    assert [x for x, _ in places] == sorted(x for x, _ in places)
    assert [y for _, y in places] == sorted((y for _, y in places), reverse=True), "pixels count from the top"
    assert drawn.words.startswith("Speed relative to the reference: #1 0.10 ×, 0.095 to 0.105; #2")
    assert "Gold" in drawn.plot


def test_a_long_history_leaves_names_out_rather_than_write_them_over_each_other():
    drawn = drawn_history([(f"#{number}", around(0.1 * number)) for number in range(1, 41)], TIERS)
    assert drawn.plot.count("<circle") == 40
    assert len(re.findall(r">#\d+<", drawn.plot)) <= 8
