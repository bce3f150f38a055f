"""Speeds in words: what is told of a ratio, its interval and its tier, and with how many digits."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.contract import Benchmark, Tier
from server.rendering import board_words as words

BENCHMARK = Benchmark("offsets", (Tier("bronze", 0.05, 1.0), Tier("very_fast", 1.5, 2.0)))


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        (0, 2, "0"),
        (1.84, 2, "1.8"),
        (2.0, 2, "2.0"),
        (9.96, 2, "10"),
        (0.0052, 2, "0.0052"),
        (2134.0, 2, "2,100"),
        (34.48, 3, "34.5"),
        (math.inf, 2, "–"),
    ],
)
def test_a_number_has_the_digits_that_count_and_no_power_of_ten(value, digits, text):
    assert words.number(value, digits) == text


@given(st.floats(min_value=1e-6, max_value=1e6), st.integers(min_value=1, max_value=4))
def test_a_number_is_near_what_it_stands_for(value, digits):
    told = float(words.number(value, digits).replace(",", ""))
    assert told == pytest.approx(value, rel=0.5001 * 10.0 ** (1 - digits))


@pytest.mark.parametrize(
    ("low", "high", "text"),
    [
        (1.71, 1.93, "1.7 to 1.9"),
        (0.97, 1.02, "0.97 to 1.02"),
        (1.764, 1.771, "1.76 to 1.77"),
        (0.0118, 0.0124, "0.0118 to 0.0124"),
        (95.0, 131.0, "95 to 131"),
        (1.0, 1.0, "1.000 to 1.000"),
        (0.0, 1.5, "0.00 to 1.50"),
    ],
)
def test_an_interval_tells_its_ends_apart_with_as_many_decimals_for_both(low, high, text):
    assert words.interval(low, high) == text


def test_faster_slower_and_equal_are_said_in_words():
    assert words.comparison(1.8, 1.7, 1.9) == ("1.8 times as fast as the reference", "1.7 to 1.9")
    assert words.comparison(0.4, 0.38, 0.42) == ("2.5 times the reference’s time", "2.4 to 2.6 times as long")
    assert words.comparison(0.976, 0.94, 0.997) == ("1.025 times the reference’s time", "1.003 to 1.064 times as long")
    assert words.comparison(1.03, 1.02, 1.3) == ("1.03 times as fast as the reference", "1.02 to 1.30")
    head, bounds = words.comparison(1.02, 0.99, 1.05)
    assert head == "As fast as the reference"
    assert "no difference could be measured" in bounds
    assert "0.99 to 1.05" in bounds


@pytest.mark.parametrize(("low", "high"), [(1.0, 1.2), (0.8, 1.0)])
def test_an_interval_that_only_touches_the_reference_is_equal_to_it(low, high):
    assert words.comparison(1.0, low, high)[0] == "As fast as the reference"


def test_what_a_tier_asks_is_a_time_where_it_is_slower_than_the_reference():
    assert words.asked(BENCHMARK.tiers[0]) == "at most 20 times the reference’s time"
    assert words.asked(BENCHMARK.tiers[1]) == "at least 1.5 times as fast as the reference"
    assert words.asked(Tier("iron", 0.005, 1.0)) == "at most 200 times the reference’s time"
    assert words.asked(Tier("silver", 0.3, 1.0)) == "at most 3.33 times the reference’s time"


@pytest.mark.parametrize(("low", "name"), [(0.04, "bronze"), (0.05, "very_fast"), (1.49, "very_fast"), (1.5, None)])
def test_the_next_tier_is_the_slowest_that_the_lower_end_does_not_clear(low, name):
    following = words.next_tier(BENCHMARK, low)
    assert (following.name if following else None) == name


def test_tiers_differ_in_icon_and_word_and_the_fastest_has_the_cup():
    none, bronze, fastest = (words.tier_look(BENCHMARK, name) for name in ("", "bronze", "very_fast"))
    assert [look.word for look in (none, bronze, fastest)] == ["No tier", "Bronze", "Very fast"]
    assert len({look.icon for look in (none, bronze, fastest)}) == 3
    assert fastest.icon == "trophy-fill"
    assert (none.is_reached, bronze.is_reached) == (False, True)


@pytest.mark.parametrize("names", [("bronze", "silver", "gold"), ("walk", "run", "fly"), ("gold", "bronze", "run")])
def test_tiers_have_the_colours_of_their_steps_whatever_they_are_called(names):
    tiers = tuple(Tier(name, 1.0 + step, 1.0) for step, name in enumerate(names))
    looks = [words.tier_look(Benchmark("offsets", tiers), name) for name in names]
    assert [look.classes for look in looks] == ["tier-1", "tier-2", "tier-3"]


def test_more_tiers_than_colours_share_the_last():
    names = [f"tier_{step}" for step in range(words.TIER_COLOURS + 2)]
    benchmark = Benchmark("offsets", tuple(Tier(name, 1.0 + step, 1.0) for step, name in enumerate(names)))
    classes = [words.tier_look(benchmark, name).classes for name in names]
    assert len(set(classes)) == words.TIER_COLOURS
    assert classes[-3:] == [f"tier-{words.TIER_COLOURS}"] * 3


@pytest.mark.parametrize(
    ("share", "text", "sentence"),
    [(0.24, "24 %", "24 % faster"), (0.999, "100 %", "100 % faster"), (3.0, "4.0 ×", "4.0 times as fast")],
)
def test_a_lead_is_a_percentage_until_it_is_a_multiple(share, text, sentence):
    assert words.faster(share).replace(words.NO_BREAK, " ") == text
    assert words.faster_words(share).replace(words.NO_BREAK, " ") == sentence


@pytest.mark.parametrize(
    ("milliseconds", "text"), [(None, "–"), (0.07, "70 µs"), (0.42, "0.420 ms"), (34.9, "34.9 ms"), (2400.0, "2.40 s")]
)
def test_a_duration_takes_the_unit_that_reads_best(milliseconds, text):
    assert words.duration(milliseconds) == text


@pytest.mark.parametrize(("value", "text"), [(None, "–"), (0.83, "0.83 %"), (23.4, "23 %"), (9.96, "10 %")])
def test_a_share_of_the_limit_is_told_in_percent(value, text):
    assert words.percent(value) == text
