from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from grader.contract import (
    Assignment,
    ContractError,
    Timing,
)
from server.models import Course, CourseAssignment, Person, Submission, TimingReason, TimingRun, TimingState
from server.services import grading, outbox, timing
from server.services.errors import Refused
from server.services.gradebook import gradebook, table_rows
from tests.server.timing_parts import broken, make_timing, refused

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def runs(s: Session) -> list[TimingRun]:
    return list(s.scalars(select(TimingRun).order_by(TimingRun.id)))


class TestRecord:
    def test_a_timing_gives_the_points_for_speed(self, s: Session, submission, run: TimingRun):
        assert timing.record(s, run.id, 1, make_timing(1.8, points=1.0), now=NOW)
        s.commit()
        s.expire_all()

        assert (submission.score, submission.max_score) == (11.0, 12.0)
        assert (run.state, run.finished_at, run.lease_until) == (TimingState.DONE, NOW, None)
        assert (run.ratio, run.low, run.high) == pytest.approx((1.8, 1.71, 1.89))
        assert (run.tier, run.points, run.device_kind, run.device_name) == ("bronze", 1.0, "cpu", "A processor")
        assert Timing.from_dict(run.result) == make_timing(1.8, points=1.0)

    def test_recording_twice_changes_nothing(self, s: Session, submission, run: TimingRun):
        timing.record(s, run.id, 1, make_timing(1.8, points=1.0), now=NOW)

        assert not timing.record(s, run.id, 1, make_timing(3.0, points=2.0), now=NOW)
        assert (run.ratio, submission.score) == (1.8, 11.0)

    def test_of_many_at_once_one_decides(self, s: Session, submission, run, sessions: sessionmaker[Session]):
        def record(points: int) -> bool:
            with sessions.begin() as own:
                return timing.record(own, run.id, 1, make_timing(points=float(points % 3)))

        with ThreadPoolExecutor(6) as pool:
            decided = list(pool.map(record, range(6)))

        s.refresh(submission)
        assert decided.count(True) == 1
        assert submission.score == 10.0 + decided.index(True) % 3

    def test_the_newest_finished_run_counts_and_the_others_stay(self, s: Session, submission, run, timed: Assignment):
        again = timing.request(s, submission, timed, reason=TimingReason.VERIFICATION)
        timing.record(s, run.id, 1, make_timing(2.2, points=2.0), now=NOW)
        assert submission.score == 12.0

        timing.record(s, again.id, 1, make_timing(1.9, points=1.0), now=NOW)

        assert submission.score == 11.0
        assert [each.points for each in timing.for_submission(s, submission)] == [1.0, 2.0]

    def test_a_timing_that_was_refused_gives_no_points(self, s: Session, submission, run: TimingRun):
        assert timing.record(s, run.id, 1, replace(refused(), points=2.0), now=NOW)

        assert (submission.score, run.state, run.outcome) == (10.0, TimingState.DONE, "refused")

    def test_a_verification_that_was_refused_takes_the_points_away(self, s: Session, submission, run, timed):
        timing.record(s, run.id, 1, make_timing(2.2, points=2.0), now=NOW)
        again = timing.request(s, submission, timed, reason=TimingReason.VERIFICATION)
        timing.record(s, again.id, 1, refused(), now=NOW)

        assert submission.score == 10.0

    def test_speed_earns_nothing_once_a_regrade_finds_a_mistake(
        self, s: Session, submission, run, timed: Assignment, make_result, all_passed
    ):
        timing.record(s, run.id, 1, make_timing(points=1.0), now=NOW)
        grading.regrade(s, submission, now=NOW)
        assert submission.score == 11.0

        grading.record(s, make_result(8.0, max_score=12.0), submission.id, 2, assignment=timed, now=NOW)
        assert submission.score == 8.0

        grading.regrade(s, submission, now=NOW)
        grading.record(s, all_passed(), submission.id, 3, assignment=timed, now=NOW)
        assert submission.score == 11.0

    def test_a_timing_that_comes_during_a_regrade_counts_when_that_ends(
        self, s: Session, submission, run, timed: Assignment, all_passed
    ):
        grading.regrade(s, submission, now=NOW)
        timing.record(s, run.id, 1, make_timing(points=1.0), now=NOW)
        assert submission.score == 10.0

        grading.record(s, all_passed(), submission.id, 2, assignment=timed, now=NOW)
        assert submission.score == 11.0

    def test_a_method_scores_nobody(self, s: Session, published, timed: Assignment, lecturer: Person):
        run, *_ = timing.request_methods(s, published, timed, lecturer, now=NOW)

        assert timing.record(s, run.id, 1, make_timing(), now=NOW)
        assert run.state is TimingState.DONE

    def test_what_no_database_takes_is_made_storable(self, s: Session, run: TimingRun):
        bad = make_timing(message="null \x00", worker={"load": math.nan}, flags=("\udfff",))
        timing.record(s, run.id, 1, bad, now=NOW)
        s.commit()
        s.expire_all()

        assert (run.result["message"], run.result["worker"], run.result["flags"]) == ("null �", {"load": "nan"}, ["?"])

    @pytest.mark.parametrize(
        "changes",
        [
            {"assignment": "08-pooling"},
            {"seed": 2},
            {"points": 3.0},
            {"points": -1.0},
            {"points": math.nan},
            {"max_points": math.inf},
            {"ratio": math.inf},
            {"ratio": -1.0},
            {"interval": (0.5, math.nan)},
            {"milliseconds": math.nan},
            {"percent_of_limit": -math.inf},
        ],
    )
    def test_an_impossible_timing_is_refused(self, s: Session, submission, run: TimingRun, changes: dict):
        with pytest.raises(ContractError):
            timing.record(s, run.id, 1, make_timing(**changes), now=NOW)

        assert (run.state, run.result, submission.score) == (TimingState.QUEUED, None, 10.0)

    @pytest.mark.parametrize(("number", "attempt"), [(10**12, 1), (0, 1), (1, 2), (1, 0), (1, 10**12)])
    def test_one_about_nothing_known_changes_nothing(self, s: Session, run: TimingRun, number: int, attempt: int):
        assert not timing.record(s, number, attempt, make_timing(), now=NOW)
        assert run.state is TimingState.QUEUED


class TestBegin:
    def test_a_run_that_was_begun_has_its_patience_from_then(self, s: Session, run: TimingRun):
        assert timing.begin(s, run.id, 1, now=NOW + 100 * SECOND)

        assert run.state is TimingState.RUNNING
        assert run.lease_until == NOW + (100 + run.patience) * SECOND
        assert run.patience > 60

    def test_it_is_written_down_who_began_it_and_when(self, s: Session, run: TimingRun):
        timing.begin(s, run.id, 1, worker="lab\x00-7:1234", now=NOW)

        assert (run.begun_at, run.worker) == (NOW, "lab\ufffd-7:1234")

    def test_it_is_ignored_after_the_result(self, s: Session, run: TimingRun):
        timing.record(s, run.id, 1, make_timing(), now=NOW)

        assert not timing.begin(s, run.id, 1, now=NOW)
        assert run.state is TimingState.DONE

    @pytest.mark.parametrize(("number", "attempt"), [(10**12, 1), (-1, 1), (1, 2)])
    def test_one_about_nothing_known_is_ignored(self, s: Session, run: TimingRun, number: int, attempt: int):
        assert not timing.begin(s, number, attempt, now=NOW)


class TestInternalError:
    def fail(self, s: Session, run: TimingRun) -> None:
        assert not timing.record(s, run.id, run.attempt, broken(), now=NOW)

    def test_it_is_tried_again_after_a_pause_with_the_same_seed(self, s: Session, run: TimingRun):
        seed = run.seed
        self.fail(s, run)

        assert (run.state, run.attempt, run.seed) == (TimingState.QUEUED, 2, seed)
        assert (run.lease_until, run.enqueued_at) == (None, NOW + timing.BACK_OFF[0])
        assert outbox.take(s) == [], "the sweep sends it when the pause is over"

    def test_after_three_attempts_it_failed_and_the_checks_still_count(self, s: Session, submission, run: TimingRun):
        for _ in range(3):
            self.fail(s, run)

        assert (run.state, run.lease_until, submission.score) == (TimingState.FAILED, None, 10.0)
        assert timing.staff_note(run) == "no core is free"

    def test_an_old_failure_does_not_disturb_a_new_attempt(self, s: Session, run: TimingRun):
        self.fail(s, run)
        assert not timing.record(s, run.id, 1, broken(), now=NOW)

        assert (run.attempt, run.retries) == (2, 1)

    def test_the_result_of_an_earlier_attempt_counts_as_well(self, s: Session, submission, run: TimingRun):
        for _ in range(3):
            self.fail(s, run)

        assert timing.record(s, run.id, 1, make_timing(points=1.0), now=NOW)
        assert (run.state, submission.score) == (TimingState.DONE, 11.0)
        assert timing.staff_note(run) == ""

    def test_the_staff_try_it_again_and_it_has_as_many_attempts_as_before(self, s: Session, run: TimingRun):
        for _ in range(3):
            self.fail(s, run)
        timing.try_again(s, run, now=NOW)

        (letter,) = outbox.take(s)
        assert (letter.job.run, letter.job.attempt) == (run.id, 4)
        for _ in range(2):
            self.fail(s, run)
            assert run.state is TimingState.QUEUED
        self.fail(s, run)
        assert run.state is TimingState.FAILED

    def test_what_did_not_fail_is_not_tried_again(self, s: Session, run: TimingRun):
        with pytest.raises(Refused, match="failed on our side"):
            timing.try_again(s, run)

    def test_a_failed_run_does_not_keep_a_regrade_from_asking_again(
        self, s: Session, submission, run: TimingRun, timed: Assignment, all_passed
    ):
        for _ in range(3):
            self.fail(s, run)
        grading.regrade(s, submission, now=NOW)
        grading.record(s, all_passed(), submission.id, 2, assignment=timed, now=NOW)

        assert [each.state for each in runs(s)] == [TimingState.FAILED, TimingState.QUEUED]


def test_the_gradebook_shows_the_points_of_checks_and_speed_together(
    s: Session, course: Course, submission: Submission, run: TimingRun, timed: Assignment
):
    assignments = {timed.id: timed}
    assert gradebook(s, course, assignments).lines[0].cells[0].score == 10.0

    timing.record(s, run.id, 1, make_timing(points=2.0), now=NOW)
    table = gradebook(s, course, assignments)

    assert (table.lines[0].cells[0].score, table.lines[0].cells[0].max_score) == (12.0, 12.0)
    assert table_rows(table)[0][-2:] == ["04-conv-forward (12)", "total (12)"]


def test_a_course_that_scales_the_points_scales_those_for_speed(
    s: Session, course: Course, published: CourseAssignment, submission, run: TimingRun, timed: Assignment
):
    published.points = 6.0
    timing.record(s, run.id, 1, make_timing(points=1.0), now=NOW)

    assert gradebook(s, course, {timed.id: timed}).lines[0].cells[0].score == pytest.approx(5.5)


def test_points_never_exceed_what_can_be_had(s: Session, submission, run: TimingRun):
    timing.record(s, run.id, 1, replace(make_timing(points=2.0), points=9.0, max_points=9.0), now=NOW)

    assert submission.score == 12.0
    assert s.scalar(select(func.count(TimingRun.id))) == 1
