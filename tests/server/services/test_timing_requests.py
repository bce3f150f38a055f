from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from grader.contract import (
    GRADE_GPU,
    TIME_CPU,
    TIME_TASK,
    Assignment,
    TimingJob,
    Verdict,
)
from server.models import CourseAssignment, Person, Submission, TimingReason, TimingRun, TimingState
from server.services import grading, outbox, timing, timing_queue
from server.services.errors import Refused
from tests.server.timing_parts import METHODS, TABLE, make_timing, write_timed

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def runs(s: Session) -> list[TimingRun]:
    return list(s.scalars(select(TimingRun).order_by(TimingRun.id)))


class TestRequest:
    def test_what_passed_all_checks_is_sent_to_be_timed(self, s: Session, passed):
        submission = passed()

        (run,) = timing.for_submission(s, submission)
        _, letter = outbox.take(s)
        assert (letter.task, letter.queue) == (TIME_TASK, TIME_CPU)
        assert letter.job == TimingJob(run.id, 1, "04-conv-forward", {"conv.py": submission.files[0].content}, run.seed)
        assert TimingJob.from_dict(letter.job.to_dict()) == letter.job
        assert (run.state, run.reason, run.lease_until > NOW) == (TimingState.QUEUED, TimingReason.SUBMISSION, True)

    def test_what_failed_a_check_is_not(self, s: Session, hand_in, timed: Assignment, make_result):
        submission = hand_in(NOW)
        grading.record(s, make_result(8.0, max_score=12.0), submission.id, 1, assignment=timed, now=NOW)

        assert runs(s) == []
        assert (submission.score, submission.max_score) == (8.0, 12.0)

    def test_what_was_rejected_is_not(self, s: Session, hand_in, timed: Assignment, make_result):
        submission = hand_in(NOW)
        result = make_result(0.0, Verdict.REJECTED, max_score=12.0, checks=())
        grading.record(s, result, submission.id, 1, assignment=timed, now=NOW)

        assert runs(s) == []

    def test_an_assignment_without_a_benchmark_times_nothing(self, s: Session, hand_in, conv: Assignment, all_passed):
        submission = hand_in(NOW)
        grading.record(s, all_passed(max_score=10.0), submission.id, 1, assignment=conv, now=NOW)

        assert runs(s) == []
        assert (submission.score, submission.max_score) == (10.0, 10.0)

    def test_what_needs_a_gpu_goes_to_the_queue_of_its_graders(self, s: Session, hand_in, tmp_path: Path, all_passed):
        submission = hand_in(NOW)
        gpu = write_timed(tmp_path / "gpu", gpu=True)
        grading.record(s, all_passed(), submission.id, 1, assignment=gpu, now=NOW)

        assert [run.queue for run in runs(s)] == [GRADE_GPU]

    def test_each_run_has_a_seed_of_its_own(self, s: Session, submission: Submission, timed: Assignment, request):
        request.getfixturevalue("own_seeds")
        for _ in range(2):
            timing.request(s, submission, timed, reason=TimingReason.VERIFICATION)

        assert len({run.seed for run in runs(s)} | {submission.seed}) == 3

    def test_the_same_result_twice_is_timed_once(self, s: Session, submission, timed: Assignment, all_passed):
        grading.record(s, all_passed(), submission.id, 1, assignment=timed, now=NOW)

        assert len(runs(s)) == 1

    def test_a_regrade_by_the_same_folder_times_nothing_again(
        self, s: Session, submission, run: TimingRun, timed: Assignment, all_passed
    ):
        timing.record(s, run.id, 1, make_timing(), now=NOW)
        grading.regrade(s, submission, now=NOW)
        grading.record(s, all_passed(), submission.id, 2, assignment=timed, now=NOW)

        assert runs(s) == [run]
        assert submission.score == 11.0

    @pytest.mark.parametrize("is_finished", [True, False])
    def test_a_regrade_by_a_changed_folder_is_timed_again(
        self, s: Session, submission, run: TimingRun, timed: Assignment, all_passed, is_finished: bool
    ):
        if is_finished:
            timing.record(s, run.id, 1, make_timing(), now=NOW)
        grading.regrade(s, submission, now=NOW)
        grading.record(s, all_passed(version="fedcba9876543210"), submission.id, 2, assignment=timed, now=NOW)

        assert [each.version for each in runs(s)] == ["0123456789abcdef", "fedcba9876543210"]
        assert submission.score == (11.0 if is_finished else 10.0), "the old timing counts until the new one is there"

    def test_every_submission_of_a_person_is_timed(self, s: Session, passed):
        first, second = passed(), passed(now=NOW + SECOND)

        assert [run.submission_id for run in runs(s)] == [first.id, second.id]
        assert {run.state for run in runs(s)} == {TimingState.QUEUED}

    def test_a_verification_is_a_run_of_its_own(self, s: Session, submission, timed: Assignment, lecturer: Person):
        run = timing.request(s, submission, timed, reason=TimingReason.VERIFICATION, by=lecturer)

        assert run.requested_by == lecturer
        assert timing.for_submission(s, submission)[0] == run, "the newest first"


class TestMethods:
    def test_known_methods_and_the_reference_are_timed_with_their_text(
        self, s: Session, published: CourseAssignment, timed: Assignment, lecturer: Person
    ):
        asked = timing.request_methods(s, published, timed, lecturer, now=NOW)

        assert sorted(run.method for run in asked) == sorted(METHODS)
        (loops,) = (run for run in asked if run.method == "loops")
        assert timing_queue.job_of(loops).files == {"loops.py": "def conv_forward(x): return 'loops'\n"}
        assert timing.for_methods(s, published) == asked[::-1]

    def test_one_of_every_tier_comes_first_and_the_fastest_tier_before_others(
        self, s: Session, published: CourseAssignment, tmp_path: Path, lecturer: Person
    ):
        table = TABLE.replace('loops = ""\nim2col = "gold"\n', 'loops = ""\nim2col = "bronze"\noffsets = "gold"\n')
        timed = write_timed(tmp_path / "three", benchmark=table)

        asked = timing.request_methods(s, published, timed, lecturer, now=NOW)

        assert [run.method for run in asked] == ["offsets", "im2col", "loops"]

    def test_one_that_waits_is_not_asked_for_again(
        self, s: Session, published: CourseAssignment, timed: Assignment, lecturer: Person
    ):
        first, *_ = timing.request_methods(s, published, timed, lecturer, now=NOW)
        timing.record(s, first.id, 1, make_timing(), now=NOW)

        assert [run.method for run in timing.request_methods(s, published, timed, lecturer)] == [first.method]

    def test_an_assignment_that_is_not_timed_has_none(
        self, s: Session, published: CourseAssignment, conv: Assignment, lecturer: Person
    ):
        with pytest.raises(Refused, match="not timed"):
            timing.request_methods(s, published, conv, lecturer)
