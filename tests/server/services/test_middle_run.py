"""Luck does not add up: of timings that cannot be told apart, the middle one counts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from sqlalchemy.orm import Session

from server.models import Submission
from server.services import timing
from server.services.middle_run import middle
from tests.server.timing_parts import make_timing

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Speed:
    ratio: float
    low: float
    high: float


def around(ratio: float, spread: float = 0.05) -> Speed:
    return Speed(ratio, ratio * (1 - spread), ratio * (1 + spread))


@pytest.mark.parametrize(
    ("ratios", "expected"),
    [
        ([2.0], 2.0),
        ([2.0, 1.99], 2.0),
        ([2.0, 1.99, 1.98], 1.99),
        ([2.0, 1.99, 1.98, 1.97], 1.99),
        ([2.0, 1.0, 1.0, 1.0], 2.0),
        ([2.0, 1.99, 1.98, 1.0, 1.0], 1.99),
    ],
)
def test_the_middle_one_of_those_that_cannot_be_told_from_the_fastest(ratios, expected):
    speeds = [around(ratio) for ratio in ratios]

    assert middle(speeds, speeds[0]).ratio == expected


def test_a_hundred_timings_of_equal_code_are_as_fast_as_one():
    rng = np.random.default_rng(0)
    fastest, chosen = [], []
    for _ in range(200):
        tries = [around(ratio, 0.016) for ratio in np.exp(rng.normal(0, 0.006, 100))]
        fastest.append(max(tries, key=lambda each: each.ratio))
        chosen.append(middle(tries, fastest[-1]))

    assert np.mean([each.ratio for each in fastest]) > 1.01
    assert np.mean([each.ratio for each in chosen]) == pytest.approx(1, abs=0.001)
    assert np.mean([each.low > 1 for each in fastest]) > 0.2
    assert not any(each.low > 1 for each in chosen)


@pytest.fixture
def score(s: Session, passed: Callable[..., Submission]) -> Callable[..., float | None]:
    """Hands in once more, and gives the score once it was timed."""
    moments = iter(range(10_000))

    def score(ratio: float, points: float, **changes) -> float | None:
        now = NOW + timedelta(minutes=next(moments))
        submission = passed(now=now)
        (run,) = timing.for_submission(s, submission)
        timing.record(s, run.id, 1, make_timing(ratio, points, **changes), now=now)
        return submission.score

    return score


def test_the_first_timing_gives_its_points(score):
    assert score(2.2, 2.0) == 12.0


def test_a_lucky_timing_after_others_of_the_same_speed_gives_no_more_than_these(score):
    assert [score(2.0, 1.0), score(2.01, 1.0), score(2.2, 2.0)] == [11.0, 11.0, 11.0]


def test_an_unlucky_timing_is_made_good_by_the_next(score):
    assert [score(2.1, 1.0), score(2.2, 2.0)] == [11.0, 12.0]


def test_code_that_is_surely_faster_has_its_own_points(score):
    assert [score(1.0, 1.0), score(1.0, 1.0), score(3.0, 2.0)] == [11.0, 11.0, 12.0]


def test_a_slower_submission_gets_none_of_a_faster_ones_points(score):
    assert [score(2.2, 2.0), score(2.1, 1.0)] == [12.0, 11.0]


def test_timings_by_another_version_of_the_assignment_do_not_count(score):
    assert [score(2.0, 1.0, version="0" * 16), score(2.0, 1.0, version="0" * 16), score(2.2, 2.0)] == [11.0, 11.0, 12.0]
