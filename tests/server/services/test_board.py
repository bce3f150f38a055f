from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import inspect
from sqlalchemy.orm import Session

from grader.contract import Assignment, Device
from server.models import (
    Attempt,
    Course,
    CourseAssignment,
    Person,
    Submission,
    TimingReason,
    TimingRun,
    TimingState,
)
from server.services import aliases, board, courses, timing
from server.services.board import Entry, rank
from server.services.errors import Refused
from tests.server.timing_parts import make_timing, refused, write_timed

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
Measure = Callable[..., TimingRun]


class TestRank:
    def test_it_counts_the_intervals_that_lie_wholly_above(self):
        assert rank([(3.0, 3.2), (2.0, 2.4), (1.0, 1.1)]) == [1, 2, 3]

    def test_intervals_that_overlap_are_equal(self):
        assert rank([(2.0, 2.4), (1.9, 2.1), (1.0, 1.1)]) == [1, 1, 3]

    def test_intervals_that_touch_are_equal(self):
        assert rank([(2.0, 2.4), (1.9, 2.0)]) == [1, 1]

    def test_a_wide_interval_is_equal_to_both_of_two_that_differ(self):
        assert rank([(2.0, 2.2), (1.5, 2.1), (1.6, 1.9)]) == [1, 1, 2]

    def test_nobody_has_no_rank(self):
        assert rank([]) == []

    def test_one_that_is_not_listed_is_placed_among_those_who_are(self):
        assert rank([(9.0, 9.9), (1.5, 1.6)], among=[(2.0, 2.1), (1.0, 1.1)]) == [1, 2]


@pytest.fixture
def measure(s: Session, passed: Callable[..., Submission]) -> Measure:
    """Hands in what passes all checks, and records how fast it was found to be."""
    moments = iter(range(10_000))

    def measure(person: Person, ratio: float = 2.0, **changes) -> TimingRun:
        now = NOW + timedelta(minutes=next(moments))
        (run,) = timing.for_submission(s, passed(person, now))
        timing.record(s, run.id, 1, make_timing(ratio, **changes), now=now)
        s.commit()
        return run

    return measure


@pytest.fixture
def seen_by(s: Session, published: CourseAssignment, timed: Assignment) -> Callable[..., list[Entry]]:
    """The board as a student sees it."""

    def seen_by(viewer: Person, kind: str = "cpu", *, is_staff: bool = False) -> list[Entry]:
        return board.entries(s, published, timed, viewer, kind, is_staff=is_staff)

    return seen_by


def alias(s: Session, course: Course, person: Person) -> str:
    return aliases.of(s, course.id, person.id).alias


class TestEntries:
    def test_an_empty_board_has_no_rows(self, people, seen_by):
        assert seen_by(people[0]) == []

    def test_the_fastest_stands_first_and_equals_share_a_rank(self, people, measure: Measure, seen_by):
        for person, ratio in zip(people, (1.0, 2.0, 1.95, 3.0), strict=True):
            measure(person, ratio)

        rows = seen_by(people[0])
        assert [(row.place, row.rank, row.ratio) for row in rows] == [
            (1, 1, 3.0),
            (2, 2, 2.0),
            (3, 2, 1.95),
            (4, 4, 1.0),
        ]
        assert [row.is_own for row in rows] == [False, False, False, True]

    def test_a_row_says_how_much_faster_the_next_better_rank_is(self, people, measure: Measure, seen_by):
        for person, ratio in zip(people[:3], (1.0, 2.0, 3.0), strict=True):
            measure(person, ratio)

        assert [row.gap for row in seen_by(people[0])] == [None, pytest.approx(50.0), pytest.approx(100.0)]

    def test_who_is_ahead_by_doubt_alone_is_not_faster(self, people, measure: Measure, seen_by):
        for person, ratio, spread in zip(people[:3], (2.05, 1.8, 1.9), (0.02, 0.2, 0.01), strict=True):
            measure(person, ratio, spread=spread)

        rows = seen_by(people[0])
        assert [(row.ratio, row.rank) for row in rows] == [(2.05, 1), (1.8, 1), (1.9, 2)]
        assert [row.gap for row in rows] == [None, None, pytest.approx(100 * (2.05 / 1.9 - 1))]

    def test_a_row_tells_what_was_measured(self, people, measure: Measure, seen_by):
        run = measure(people[0], 1.8, points=1.0)

        (row,) = seen_by(people[0])
        assert (row.low, row.high) == pytest.approx((1.71, 1.89))
        assert (row.tier, row.percent_of_limit, row.device_name) == ("bronze", pytest.approx(36.0), "A processor")
        assert (row.milliseconds, row.measured_at) == (pytest.approx(30 / 1.8), run.finished_at)

    def test_a_person_stands_with_the_fastest_of_their_submissions(self, people, measure: Measure, seen_by):
        for ratio in (1.0, 3.0, 2.0):
            measure(people[0], ratio)

        assert [row.ratio for row in seen_by(people[0])] == [3.0]

    def test_of_submissions_that_cannot_be_told_apart_the_middle_one_stands(self, people, measure: Measure, seen_by):
        for ratio in (1.0, 2.98, 3.0, 3.1, 2.97):
            measure(people[0], ratio)

        assert [row.ratio for row in seen_by(people[0])] == [3.0]

    def test_a_submission_stands_as_its_newest_run_found_it(
        self, s: Session, people, measure: Measure, seen_by, timed: Assignment
    ):
        run = measure(people[0], 3.0)
        again = timing.request(s, run.submission, timed, reason=TimingReason.VERIFICATION)
        assert [row.ratio for row in seen_by(people[0])] == [3.0], "what waits changes nothing"

        timing.record(s, again.id, 1, make_timing(2.0), now=NOW)
        assert [row.ratio for row in seen_by(people[0])] == [2.0]

    def test_a_submission_that_a_verification_refused_stands_no_more(
        self, s: Session, people, measure: Measure, seen_by, timed: Assignment
    ):
        measure(people[0], 1.0)
        fast = measure(people[0], 3.0)
        again = timing.request(s, fast.submission, timed, reason=TimingReason.VERIFICATION)
        timing.record(s, again.id, 1, refused(), now=NOW)

        assert [row.ratio for row in seen_by(people[0])] == [1.0]

    def test_each_kind_of_device_has_a_board_of_its_own(self, s: Session, people, measure, seen_by, published):
        measure(people[0], 1.0)
        measure(people[1], 9.0, device=Device("gpu", "A graphics card"))

        assert board.device_kinds(s, published) == ["cpu", "gpu"]
        assert [row.ratio for row in seen_by(people[0], "cpu")] == [1.0]
        assert [row.ratio for row in seen_by(people[0], "gpu")] == [9.0]

    def test_another_assignments_runs_are_not_on_it(self, s: Session, people, measure, course, assignments, timed):
        measure(people[0])
        other = courses.publish(s, course, assignments["08-pooling"], opens_at=None, due_at=None, points=None)

        assert board.entries(s, other, timed, people[0], "cpu", is_staff=True) == []

    def test_who_left_the_course_stands_no_more(self, s: Session, people, measure: Measure, seen_by, course: Course):
        measure(people[1])
        courses.unenrol(s, course, people[1])

        assert seen_by(people[0]) == []


class TestMethods:
    @pytest.fixture
    def methods(self, s: Session, published, timed: Assignment, lecturer: Person) -> None:
        speeds = {"loops": 0.01, "im2col": 2.5, "offsets": 1.0}
        for run in timing.request_methods(s, published, timed, lecturer, now=NOW):
            timing.record(s, run.id, 1, make_timing(speeds[run.method]), now=NOW)

    def test_they_stand_among_people_and_take_no_rank(self, people, measure: Measure, seen_by, methods):
        measure(people[0], 2.0)
        measure(people[1], 3.0)

        rows = seen_by(people[0])
        assert [(row.name, row.rank) for row in rows if row.is_method] == [
            ("im2col", None),
            ("offsets", None),
            ("loops", None),
        ]
        assert [row.ratio for row in rows] == [3.0, 2.5, 2.0, 1.0, 0.01]
        assert [row.rank for row in rows if not row.is_method] == [1, 2]
        assert [row.place for row in rows] == [1, 2, 3, 4, 5]

    def test_one_stands_with_its_newest_run(self, s: Session, people, seen_by, methods, published, timed, lecturer):
        again = next(run for run in timing.request_methods(s, published, timed, lecturer) if run.method == "im2col")
        timing.record(s, again.id, 1, make_timing(2.2), now=NOW)

        assert [row.ratio for row in seen_by(people[0])] == [2.2, 1.0, 0.01]

    def test_one_that_the_assignment_no_longer_names_is_gone(
        self, s: Session, people, methods, published, tmp_path: Path
    ):
        table = '[benchmark]\nreference = "offsets"\n[[benchmark.tier]]\nname = "gold"\nat_least = 2.0\npoints = 2\n'
        changed = write_timed(tmp_path / "changed", benchmark=table)

        rows = board.entries(s, published, changed, people[0], "cpu", is_staff=False)
        assert [row.name for row in rows] == ["offsets"]


class TestSecrecy:
    def test_a_student_gets_nothing_that_leads_to_another_person(
        self, s: Session, people, measure: Measure, seen_by, course: Course
    ):
        own, other = measure(people[0], 1.0), measure(people[1], 2.0)

        first, second = seen_by(people[0])
        assert (second.run, second.person) == (own, people[0])
        values = {field.name: getattr(first, field.name) for field in fields(first)}
        assert values["name"] == alias(s, course, people[1])
        assert not {people[1].number, people[1].name, other.seed} & set(values.values())
        assert not [value for value in values.values() if inspect(value, raiseerr=False) is not None]

    def test_the_staff_see_who_it_is(self, people, measure: Measure, seen_by, lecturer: Person):
        run = measure(people[1], 2.0)

        (row,) = seen_by(lecturer, is_staff=True)
        assert (row.person, row.run) == (people[1], run)

    def test_who_opted_out_is_seen_by_the_staff_and_themselves_alone(
        self, s: Session, people, measure: Measure, seen_by, course: Course, lecturer: Person
    ):
        measure(people[0], 1.0)
        measure(people[1], 2.0)
        board.set_listed(s, course, people[1], is_listed=False)

        assert [row.ratio for row in seen_by(people[0])] == [1.0]
        assert [(row.ratio, row.is_listed) for row in seen_by(people[1])] == [(2.0, False), (1.0, True)]
        assert [row.is_listed for row in seen_by(lecturer, is_staff=True)] == [False, True]

    def test_who_is_hidden_is_told_why_and_nobody_else_sees_them(
        self, s: Session, people, measure: Measure, seen_by, published, lecturer: Person
    ):
        measure(people[0], 1.0)
        measure(people[1], 2.0)
        board.hide(s, published, people[1], "  It times a cached\nanswer. ", lecturer)

        assert [row.ratio for row in seen_by(people[0])] == [1.0]
        assert seen_by(people[1])[0].hidden_reason == "It times a cached answer."
        assert seen_by(lecturer, is_staff=True)[0].hidden_reason == "It times a cached answer."

        assert board.show(s, published, people[1])
        assert not board.show(s, published, people[1])
        assert [row.ratio for row in seen_by(people[0])] == [2.0, 1.0]

    def test_who_is_not_listed_costs_nobody_a_rank(
        self, s: Session, people, measure: Measure, seen_by, course: Course, lecturer: Person
    ):
        for person, ratio in zip(people[:3], (1.0, 3.0, 2.0), strict=True):
            measure(person, ratio)
        board.set_listed(s, course, people[1], is_listed=False)

        assert [row.rank for row in seen_by(people[0])] == [1, 2]
        assert [(row.ratio, row.rank) for row in seen_by(lecturer, is_staff=True)] == [(3.0, 1), (2.0, 1), (1.0, 2)]
        assert [row.gap for row in seen_by(people[0])] == [None, pytest.approx(100.0)]

    @pytest.mark.parametrize("reason", ["", "  \n ", "x" * 1001])
    def test_hiding_needs_a_reason(self, s: Session, people, published, lecturer: Person, reason: str):
        with pytest.raises(Refused, match="Say why"):
            board.hide(s, published, people[0], reason, lecturer)

    def test_a_reason_can_be_changed(self, s: Session, people, published, lecturer: Person):
        first = board.hide(s, published, people[0], "Wrong.", lecturer)
        second = board.hide(s, published, people[0], "Better.", lecturer)

        assert (first, second.reason) == (second, "Better.")


class TestHistory:
    def test_it_tells_a_persons_timings_in_order(self, s: Session, people, measure: Measure, published):
        for ratio in (1.0, 3.0, 2.0):
            measure(people[0], ratio)
        measure(people[1], 9.0)

        assert [run.ratio for run in board.history(s, published, people[0])] == [1.0, 3.0, 2.0]


class TestVerifyTop:
    def test_the_fastest_are_timed_once_more(self, s: Session, people, measure, published, timed, lecturer):
        for person, ratio in zip(people, (1.0, 2.0, 3.0, 4.0), strict=True):
            measure(person, ratio)

        asked = board.verify_top(s, published, timed, lecturer, count=2)

        assert [run.submission.person for run in asked] == [people[3], people[2]]
        assert {(run.reason, run.state, run.requested_by) for run in asked} == {
            (TimingReason.VERIFICATION, TimingState.QUEUED, lecturer)
        }

    def test_what_waits_already_is_not_asked_for_twice(self, s: Session, people, measure, published, timed, lecturer):
        measure(people[0])
        (first,) = board.verify_top(s, published, timed, lecturer)
        assert board.verify_top(s, published, timed, lecturer) == []

        timing.record(s, first.id, 1, make_timing(), now=NOW)
        assert len(board.verify_top(s, published, timed, lecturer)) == 1

    def test_who_is_not_listed_and_methods_are_left_out(
        self, s: Session, people, measure, course, published, timed, lecturer
    ):
        measure(people[0])
        board.set_listed(s, course, people[0], is_listed=False)
        for run in timing.request_methods(s, published, timed, lecturer, now=NOW):
            timing.record(s, run.id, 1, make_timing(), now=NOW)

        assert board.verify_top(s, published, timed, lecturer) == []

    def test_an_assignment_that_is_not_timed_is_refused(self, s: Session, published, conv: Assignment, lecturer):
        with pytest.raises(Refused, match="not timed"):
            board.verify_top(s, published, conv, lecturer)


def test_a_submission_of_the_staff_stands_as_well(s: Session, measure: Measure, seen_by, lecturer: Person, student):
    run = measure(lecturer, 2.0)

    assert isinstance(run.submission, Submission)
    assert [row.ratio for row in seen_by(student)] == [2.0]


def test_a_submission_that_no_longer_passes_stands_on_no_board(s: Session, measure: Measure, seen_by, student: Person):
    run = measure(student)
    assert [row.is_own for row in seen_by(student)] == [True]
    attempt = s.query(Attempt).filter_by(submission_id=run.submission_id).one()
    attempt.score -= 1
    s.commit()
    assert seen_by(student) == []
    attempt.score = None  # graded again, and not yet told
    s.commit()
    assert [row.is_own for row in seen_by(student)] == [True]
