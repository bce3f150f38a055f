"""One's own place in words: the rank, who is next ahead and by how much, and what the next tier asks."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from grader.contract import Benchmark, Tier
from server.rendering.board_excerpt import AROUND, FIRST, LONGEST, LeftOut, excerpt
from server.rendering.board_place import next_ahead, own_place
from server.services.board import Entry, rank

BENCHMARK = Benchmark("offsets", (Tier("bronze", 0.05, 1.0), Tier("silver", 0.5, 1.5), Tier("gold", 1.5, 2.0)))
WHEN = datetime(2026, 11, 21, tzinfo=UTC)


def row(name: str, ratio: float, place: int = 1, spread: float = 0.04, **more) -> Entry:
    tier = BENCHMARK.tier_of(ratio * (1 - spread))
    fields = {
        "place": place,
        "rank": 1,
        "name": name,
        "is_own": name == "me",
        "is_method": False,
        "ratio": ratio,
        "low": ratio * (1 - spread),
        "high": ratio * (1 + spread),
        "milliseconds": None,
        "percent_of_limit": None,
        "tier": tier.name if tier else "",
        "device_name": "",
        "measured_at": WHEN,
    }
    return Entry(**fields | more)


def board(*speeds: tuple[str, float]) -> list[Entry]:
    """People as a board ranks them."""
    rows = [row(name, ratio) for name, ratio in speeds]
    ranks = rank([(each.low, each.high) for each in rows])
    return [
        row(each.name, each.ratio, place=place, rank=ranked)
        for place, (each, ranked) in enumerate(zip(rows, ranks, strict=True), 1)
    ]


def test_the_rank_says_among_how_many_and_with_whom_it_is_shared():
    place = own_place(board(("owl", 3.0), ("fox", 1.01), ("me", 1.0), ("elk", 0.99)), BENCHMARK)
    assert (place.rank, place.among) == ("2nd", " of 4, equal with 2 others")


def test_whoever_is_alone_is_told_so():
    place = own_place(board(("me", 1.0)), BENCHMARK)
    assert (place.rank, place.among, place.next_name) == ("1st", " and the only one so far", "")


def test_the_next_ahead_is_the_nearest_who_is_certainly_faster():
    entries = board(("owl", 3.0), ("hare", 1.3), ("fox", 1.05), ("me", 1.0))
    assert next_ahead(entries).name == "hare"
    place = own_place(entries, BENCHMARK)
    assert place.next_name == "hare"
    assert place.next_gap == "30\N{NO-BREAK SPACE}% faster. With 20\N{NO-BREAK SPACE}% more speed you would be equal."


def test_what_is_far_ahead_is_told_in_times():
    entries = board(("hare", 4.0), ("me", 1.0))
    assert own_place(entries, BENCHMARK).next_gap == "4.0 times as fast. With 3.7 times the speed you would be equal."


def test_with_the_speed_that_is_asked_for_the_intervals_overlap():
    entries = board(("hare", 1.3), ("me", 1.0))
    missing = next_ahead(entries).low / entries[1].high
    assert rank([(0.96 * missing, 1.04 * missing + 1e-9)], [(entries[0].low, entries[0].high)]) == [1]


@pytest.mark.parametrize("hidden", [{"is_listed": False}, {"hidden_reason": "Copied."}])
def test_nobody_is_told_of_whom_they_cannot_see(hidden):
    entries = [row("owl", 3.0, **hidden), row("me", 1.0)]
    assert next_ahead(entries) is None


def test_the_next_tier_says_what_it_takes_in_the_points_of_the_course():
    place = own_place(board(("me", 1.0)), BENCHMARK, factor=2.0)
    assert place.tier.word == "Silver"
    assert place.next_tier == "Gold"
    assert place.next_asks.startswith("at least 1.5 times as fast as the reference, for 4 points: that is 1.5 times")
    fastest = own_place(board(("me", 2.0)), BENCHMARK)
    assert (fastest.next_tier, fastest.next_asks) == ("", "")


def test_whoever_has_no_row_has_no_place():
    assert own_place(board(("owl", 3.0)), BENCHMARK) is None


def test_what_is_announced_is_the_place_in_one_breath():
    place = own_place(board(("hare", 1.3), ("me", 1.0)), BENCHMARK)
    assert place.spoken.startswith("You are 2nd of 2. Silver. hare is the next ahead, 30")


def long_board(own: int | None, count: int = 100) -> list[Entry]:
    names = ["me" if place == own else f"runner {place}" for place in range(count)]
    return board(*((name, 3 * 0.9**place) for place, name in enumerate(names)))


def test_a_board_that_is_not_long_is_shown_in_full():
    entries = long_board(own=3, count=LONGEST)
    assert excerpt(entries) == entries


@pytest.mark.parametrize("own", [0, 12, 50, 99])
def test_a_long_board_shows_the_first_and_those_around_oneself(own):
    entries = long_board(own)
    shown = excerpt(entries)
    people = [each for each in shown if isinstance(each, Entry)]
    around = range(own - AROUND, own + AROUND + 1)
    assert {each.place - 1 for each in people} >= {place for place in range(100) if place < FIRST or place in around}
    left_out = sum(each.count for each in shown if isinstance(each, LeftOut))
    assert len(people) + left_out == len(entries)
    assert len(people) < LONGEST


def test_known_methods_and_the_reference_stay_where_people_are_left_out():
    entries = long_board(own=None)
    method = row("im2col", 0.001, place=101, is_method=True, rank=None)
    shown = excerpt([*entries[:60], None, *entries[60:], method])
    assert shown[FIRST:] == [LeftOut(50), None, LeftOut(40), method]
