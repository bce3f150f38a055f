"""What those who wait are told: how much comes first, about how long, and whether anybody times."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from grader.contract import TIME_CPU
from server.models import Person, Submission, TimingRun
from server.rendering.timing_words import asks_again_in, first_words, how_long, queue_words
from server.services import timing, timing_wait
from tests.server.timing_parts import make_timing

NOW = datetime(2026, 3, 2, 20, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
HandIn = Callable[..., TimingRun]


@pytest.fixture
def hands_in(s: Session, passed: Callable[..., Submission]) -> HandIn:
    def hands_in(person: Person, after: int = 0) -> TimingRun:
        return timing.for_submission(s, passed(person, NOW + after * SECOND))[0]

    return hands_in


@pytest.fixture
def took(s: Session, hands_in: HandIn, lecturer: Person) -> Callable[..., None]:
    """Times something for so many seconds, two hours ago."""

    def took(seconds: float, worker: str = "lab-1:7") -> None:
        run = hands_in(lecturer, -7200)
        timing.begin(s, run.id, 1, worker=worker, now=NOW - 7200 * SECOND)
        timing.record(s, run.id, 1, make_timing(), now=NOW + (seconds - 7200) * SECOND)

    return took


def wait(s: Session, run: TimingRun, after: int = 0) -> timing_wait.Wait:
    found = timing_wait.wait_of(s, run, NOW + after * SECOND)
    assert found is not None
    return found


def test_the_time_is_that_of_the_last_timings_for_each_that_comes_first(s, took, hands_in: HandIn, people):
    for seconds in (8, 50, 12, 30, 20):
        took(seconds)
    runs = [hands_in(person, place) for place, person in enumerate(people)]

    assert [wait(s, run).before for run in runs] == [0, 1, 2, 3]
    assert [wait(s, run).minutes for run in runs] == [1, 1, 1, 2]


def test_timers_that_work_at_once_share_what_comes_first(s, took, hands_in: HandIn, people):
    took(60)
    *begun, last = [hands_in(person, place) for place, person in enumerate(people)]
    assert wait(s, last).minutes == 4
    for run in begun[:2]:
        timing.begin(s, run.id, 1, now=NOW + 10 * SECOND)

    assert (wait(s, last).before, wait(s, last).minutes) == (3, 3)


def test_before_anything_was_timed_no_time_is_told(s, hands_in: HandIn, people):
    run = hands_in(people[0])

    assert wait(s, run) == timing_wait.Wait(before=0, minutes=None, newer=None, is_silent=False)


def test_what_runs_or_has_ended_waits_for_nothing(s, hands_in: HandIn, people):
    run = hands_in(people[0])
    timing.begin(s, run.id, 1, now=NOW)
    assert timing_wait.wait_of(s, run, NOW) is None
    timing.record(s, run.id, 1, make_timing(), now=NOW)
    assert timing_wait.wait_of(s, run, NOW) is None


def test_nobody_is_promised_a_time_while_no_timer_takes_anything(s, took, hands_in: HandIn, people):
    took(10)
    run = hands_in(people[0])

    assert not wait(s, run, after=30).is_silent
    assert (wait(s, run, after=90).is_silent, wait(s, run, after=90).minutes) == (True, None)


def test_a_timer_that_is_busy_is_not_silent(s, hands_in: HandIn, people):
    busy, run = hands_in(people[0]), hands_in(people[1])
    timing.begin(s, busy.id, 1, now=NOW)

    assert not wait(s, run, after=90).is_silent


def test_the_queue_tells_its_length_its_oldest_and_who_was_seen(s, took, hands_in: HandIn, people):
    took(10, "lab-1:7")
    runs = [hands_in(person, place) for place, person in enumerate(people)]
    timing.begin(s, runs[0].id, 1, worker="lab-2:9", now=NOW + 5 * SECOND)
    found = timing_wait.status(s, TIME_CPU, NOW + 10 * SECOND)

    assert (found.waiting, found.running, found.oldest) == (3, 1, NOW + SECOND)
    assert (found.workers, found.last_begun) == (("lab-2:9",), NOW + 5 * SECOND), "lab-1 was seen two hours ago"
    assert (found.median_seconds, found.is_silent) == (10.0, False)
    assert queue_words(found, NOW + 61 * SECOND) == (
        "3 wait, 1 under way; the oldest asked for 1 minute ago; one takes 10 s; 1 worker seen within the hour"
    )


def test_an_empty_queue_says_so(s: Session):
    found = timing_wait.status(s, TIME_CPU, NOW)

    assert queue_words(found, NOW) == "0 wait, 0 under way; 0 workers seen within the hour"


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (1, "about a minute"),
        (7, "about 7 minutes"),
        (13, "about 15 minutes"),
        (61, "about 60 minutes"),
        (125, "about 2 hours"),
    ],
)
def test_a_stretch_of_time_is_no_more_exact_than_it_can_be(minutes: int, words: str):
    assert how_long(minutes) == words


def test_the_words_for_a_place_in_the_queue():
    assert first_words(timing_wait.Wait(0, 1, None, False)) == "It is the next one."
    assert first_words(timing_wait.Wait(1, None, None, True)) == "1 timing comes first."
    assert first_words(timing_wait.Wait(1200, 90, None, False)) == (
        "1,200 timings come first: its result is there in about 2 hours."
    )


def test_who_waits_long_asks_rarely():
    pauses = [asks_again_in(timing_wait.Wait(before, 1, None, False)) for before in (0, 1, 10, 500)]

    assert pauses == [0, 2_000, 11_000, 30_000]
    assert asks_again_in(None) == 0
