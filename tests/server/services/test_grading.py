from __future__ import annotations

import math
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from grader.contract import CheckResult, ContractError, Progress, Result, Verdict, Visibility
from grader.contract.figure import Chart, Curve
from grader.contract.job import Running
from server.models import Attempt, CheckRecord, Person, State, Submission
from server.services import grading, outbox, submissions
from server.services.errors import Refused

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
RUNNING = Running("learns", "Learns", (Chart("Training", "epoch", "loss", (Curve.of("loss", [2.3, math.nan]),)),))
MakeResult = Callable[..., Result]


def sign(submission: Submission, done: int = 0, check: CheckResult | None = None, **changes) -> Progress:
    fields = {"submission": submission.id, "attempt": submission.attempt, "done": done, "total": 2}
    checks = (check,) if check else ()
    return Progress(**fields | {"lease_seconds": 10.0, "checks": checks} | changes)


def attempts(s: Session, submission: Submission) -> list[Attempt]:
    return list(s.scalars(select(Attempt).where(Attempt.submission_id == submission.id).order_by(Attempt.number)))


@pytest.fixture
def submission(s: Session, hand_in: Callable[..., Submission]) -> Submission:
    submission = hand_in(NOW)
    outbox.take(s)
    return submission


class TestProgress:
    def test_a_first_sign_makes_it_run_within_the_graders_lease(self, s: Session, submission: Submission):
        assert grading.progress(s, sign(submission), now=NOW)

        assert submission.state is State.RUNNING
        assert submission.lease_until == NOW + timedelta(seconds=10) + grading.LEASE_GRACE
        assert attempts(s, submission)[0].started_at == NOW

    def test_each_check_is_there_as_soon_as_it_is_reported(self, s: Session, submission: Submission, make_check):
        grading.progress(s, sign(submission, 1, make_check("shapes", 0.0, message="expected (2, 3)")), now=NOW)

        (shown,) = submissions.visible_checks(s, submission, viewer_is_lecturer=False)
        assert (shown.title, shown.status, shown.message) == ("Shapes", "failed", "expected (2, 3)")
        assert (attempts(s, submission)[0].checks_done, attempts(s, submission)[0].checks_total) == (1, 2)

    def test_checks_stand_in_the_graders_order_though_reports_overtake_each_other(
        self, s: Session, submission: Submission, make_check
    ):
        grading.progress(s, sign(submission, 2, make_check("second")), now=NOW)
        grading.progress(s, sign(submission, 1, make_check("first")), now=NOW)

        names = [check.name for check in submissions.visible_checks(s, submission, viewer_is_lecturer=False)]
        assert names == ["first", "second"]
        assert attempts(s, submission)[0].checks_done == 2

    def test_checks_that_are_reported_together_stand_in_order(self, s: Session, submission: Submission, make_check):
        grading.progress(s, sign(submission, 3, make_check("third"), total=3), now=NOW)
        both = (make_check("first"), make_check("second"))
        grading.progress(s, sign(submission, 2, total=3, checks=both), now=NOW)

        names = [check.name for check in submissions.visible_checks(s, submission, viewer_is_lecturer=False)]
        assert names == ["first", "second", "third"]

    def test_the_same_report_twice_changes_nothing(self, s: Session, submission: Submission, make_check):
        for _ in range(2):
            grading.progress(s, sign(submission, 1, make_check()), now=NOW)

        assert len(submissions.visible_checks(s, submission, viewer_is_lecturer=False)) == 1

    def test_a_hidden_check_does_not_leak_while_it_runs(self, s: Session, submission: Submission, make_check):
        secret = make_check("secret", visibility=Visibility.HIDDEN)
        grading.progress(s, sign(submission, 1, secret), now=NOW)

        assert submissions.visible_checks(s, submission, viewer_is_lecturer=False) == []
        assert len(submissions.visible_checks(s, submission, viewer_is_lecturer=True)) == 1

    def test_what_the_present_check_shows_is_kept_until_it_ends(self, s: Session, submission: Submission, make_check):
        for shown in (RUNNING, replace(RUNNING, title="Again")):
            grading.progress(s, sign(submission, running=shown), now=NOW)
            assert attempts(s, submission)[0].running == shown.to_dict()

        check = make_check("learns", figures=RUNNING.figures)
        grading.progress(s, sign(submission, 1, check), now=NOW)

        assert attempts(s, submission)[0].running is None
        (kept,) = submissions.visible_checks(s, submission, viewer_is_lecturer=False)
        assert kept.figures == [figure.to_dict() for figure in RUNNING.figures]

    def test_a_late_sign_of_an_ended_check_is_not_shown(self, s: Session, submission: Submission, make_check):
        grading.progress(s, sign(submission, 1, make_check("learns")), now=NOW)
        grading.progress(s, sign(submission, 0, running=RUNNING), now=NOW)

        assert attempts(s, submission)[0].running is None

    def test_a_result_ends_what_was_shown(self, s: Session, submission: Submission, make_result, make_check):
        grading.progress(s, sign(submission, running=RUNNING), now=NOW)
        grading.record(s, make_result(checks=(make_check(figures=RUNNING.figures),)), submission.id, 1, now=NOW)

        assert attempts(s, submission)[0].running is None
        (kept,) = submissions.visible_checks(s, submission, viewer_is_lecturer=False)
        assert kept.figures[0]["curves"][0]["y"] == [2.3, None]

    def test_one_that_comes_after_the_result_is_ignored(self, s: Session, submission: Submission, make_result):
        grading.record(s, make_result(), submission.id, 1, now=NOW)

        assert not grading.progress(s, sign(submission), now=NOW)
        assert submission.state is State.GRADED
        assert submission.lease_until is None

    @pytest.mark.parametrize(
        "changes", [{"submission": 10**12}, {"submission": -1}, {"attempt": 2}, {"attempt": 10**12}]
    )
    def test_one_about_nothing_known_is_ignored(self, s: Session, submission: Submission, changes: dict):
        assert not grading.progress(s, replace(sign(submission), **changes), now=NOW)
        assert submission.state is State.QUEUED

    @pytest.mark.parametrize("seconds", [math.inf, math.nan, 1e300, -5.0])
    def test_a_senseless_lease_is_bounded(self, s: Session, submission: Submission, seconds: float):
        grading.progress(s, sign(submission, lease_seconds=seconds), now=NOW)

        assert NOW < submission.lease_until <= NOW + grading.LONGEST_LEASE + grading.LEASE_GRACE

    @pytest.mark.parametrize(("done", "total"), [(-3, 2), (10**12, 10**12), (5, 2)])
    def test_senseless_counts_are_bounded(self, s: Session, submission: Submission, done: int, total: int):
        grading.progress(s, sign(submission, done, total=total), now=NOW)

        attempt = attempts(s, submission)[0]
        assert 0 <= attempt.checks_done <= attempt.checks_total <= grading.MOST_CHECKS


class TestRecord:
    def test_a_result_scores_the_submission(self, s: Session, submission: Submission, make_result: MakeResult):
        assert grading.record(s, make_result(8.0), submission.id, 1, now=NOW)
        s.commit()

        assert (submission.state, submission.score, submission.max_score) == (State.GRADED, 8.0, 10.0)
        assert (submission.graded_at, submission.lease_until) == (NOW, None)
        assert Result.from_dict(attempts(s, submission)[0].result) == make_result(8.0)

    def test_recording_twice_changes_nothing(self, s: Session, submission: Submission, make_result: MakeResult):
        grading.record(s, make_result(8.0), submission.id, 1, now=NOW)

        assert not grading.record(s, make_result(3.0), submission.id, 1, now=NOW)
        assert submission.score == 8.0
        assert len(attempts(s, submission)) == 1

    def test_of_many_at_once_one_decides(
        self, s: Session, submission: Submission, sessions: sessionmaker[Session], make_result: MakeResult
    ):
        def record(score: int) -> bool:
            with sessions.begin() as own:
                return grading.record(own, make_result(float(score)), submission.id, 1)

        with ThreadPoolExecutor(6) as pool:
            decided = list(pool.map(record, range(6)))

        s.refresh(submission)
        assert decided.count(True) == 1
        assert submission.score == float(decided.index(True))

    def test_the_result_replaces_what_was_reported_on_the_way(
        self, s: Session, submission: Submission, make_check, make_result: MakeResult
    ):
        grading.progress(s, sign(submission, 1, make_check("values", 0.0)), now=NOW)
        grading.record(s, make_result(), submission.id, 1, now=NOW)

        shown = submissions.visible_checks(s, submission, viewer_is_lecturer=False)
        assert [(check.name, check.points) for check in shown] == [("shapes", 4.0), ("values", 4.0)]

    def test_a_rejected_file_has_no_points_and_is_not_graded_again(
        self, s: Session, submission: Submission, make_result: MakeResult
    ):
        grading.record(s, make_result(0.0, Verdict.REJECTED, checks=()), submission.id, 1, now=NOW)

        assert (submission.state, submission.score) == (State.REJECTED, 0.0)
        assert outbox.take(s) == []

    def test_what_no_database_takes_is_made_storable(
        self, s: Session, submission: Submission, make_check, make_result: MakeResult
    ):
        bad = make_check(
            message="null \x00 and half a pair \ud800",
            title="t" * 400,
            counterexample={"expected": math.nan, "got": -math.inf, "index": [0, 1]},
        )
        grading.record(s, make_result(checks=(bad,), stdout="\x00\udfff"), submission.id, 1, now=NOW)
        s.commit()
        s.expire_all()

        (shown,) = submissions.visible_checks(s, submission, viewer_is_lecturer=False)
        assert shown.message == "null � and half a pair ?"
        assert shown.counterexample == {"expected": "nan", "got": "-inf", "index": [0, 1]}
        assert len(shown.title) == 300
        assert attempts(s, submission)[0].result["stdout"] == "�?"

    @pytest.mark.parametrize(
        "changes",
        [
            {"assignment": "08-pooling"},
            {"seed": 2},
            {"score": math.nan},
            {"score": 11.0},
            {"score": -1.0},
            {"max_score": math.inf},
        ],
    )
    def test_an_impossible_result_is_refused(
        self, s: Session, submission: Submission, make_result: MakeResult, changes: dict
    ):
        with pytest.raises(ContractError):
            grading.record(s, make_result(**changes), submission.id, 1, now=NOW)

        assert submission.state is State.QUEUED
        assert attempts(s, submission)[0].finished_at is None

    @pytest.mark.parametrize(("number", "attempt"), [(10**12, 1), (0, 1), (1, 7), (1, 10**12)])
    def test_one_about_nothing_known_changes_nothing(
        self, s: Session, submission: Submission, make_result: MakeResult, number: int, attempt: int
    ):
        assert not grading.record(s, make_result(), number, attempt, now=NOW)
        assert submission.state is State.QUEUED


class TestInternalError:
    def fail(self, s: Session, submission: Submission, make_result: MakeResult) -> None:
        broken = make_result(0.0, Verdict.INTERNAL_ERROR, max_score=0.0, checks=(), worker={"error": "no sandbox"})
        grading.record(s, broken, submission.id, submission.attempt, now=NOW)

    def test_it_is_tried_again_after_a_pause(self, s: Session, submission: Submission, make_result: MakeResult):
        self.fail(s, submission, make_result)

        assert (submission.state, submission.attempt, submission.score) == (State.QUEUED, 2, None)
        assert submission.lease_until == submission.enqueued_at == NOW + grading.BACK_OFF[0]
        assert outbox.take(s) == [], "the sweep sends it when the pause is over"

    def test_after_three_attempts_it_failed_and_has_no_score(
        self, s: Session, submission: Submission, make_result: MakeResult
    ):
        for _ in range(3):
            self.fail(s, submission, make_result)

        assert (submission.state, submission.score, submission.lease_until) == (State.FAILED, None, None)
        assert [attempt.verdict for attempt in attempts(s, submission)] == ["internal_error"] * 3
        assert grading.staff_note(attempts(s, submission)[-1]) == "no sandbox"

    def test_an_attempt_that_was_lost_is_told_from_one_that_is_under_way(self, s: Session, submission: Submission):
        assert [grading.staff_note(attempt) for attempt in attempts(s, submission)] == [""]

        grading.try_again(s, submission, now=NOW)
        notes = [grading.staff_note(attempt) for attempt in attempts(s, submission)]
        assert notes == ["No result came from the grader.", ""]

    def test_a_regrade_begins_a_new_round(self, s: Session, submission: Submission, make_result: MakeResult):
        for _ in range(3):
            self.fail(s, submission, make_result)
        grading.regrade(s, submission, now=NOW)
        self.fail(s, submission, make_result)

        assert (submission.state, submission.attempt) == (State.QUEUED, 5)

    def test_a_result_that_comes_after_all_still_counts(
        self, s: Session, submission: Submission, make_result: MakeResult
    ):
        grading.try_again(s, submission, now=NOW)
        self.fail(s, submission, make_result)
        self.fail(s, submission, make_result)
        assert submission.state is State.FAILED

        assert grading.record(s, make_result(7.0), submission.id, 1, now=NOW)
        assert (submission.state, submission.score, submission.attempt) == (State.GRADED, 7.0, 1)


class TestRounds:
    def test_the_first_result_of_a_round_wins(self, s: Session, submission: Submission, make_result: MakeResult):
        grading.try_again(s, submission, now=NOW)
        assert submission.attempt == 2

        assert grading.record(s, make_result(6.0), submission.id, 1, now=NOW)
        assert not grading.record(s, make_result(9.0), submission.id, 2, now=NOW)

        assert (submission.score, submission.attempt) == (6.0, 1)
        assert [attempt.score for attempt in attempts(s, submission)] == [6.0, 9.0], "the later one is kept as well"

    def test_a_regrade_repeats_the_seed_and_keeps_the_score_until_it_ends(
        self, s: Session, submission: Submission, make_result: MakeResult
    ):
        grading.record(s, make_result(6.0), submission.id, 1, now=NOW)
        grading.regrade(s, submission, now=NOW)

        (letter,) = outbox.take(s)
        assert (letter.job.attempt, letter.job.seed) == (2, submission.seed)
        assert (submission.state, submission.score) == (State.QUEUED, 6.0)
        assert grading.record(s, make_result(9.0), submission.id, 2, now=NOW)
        assert submission.score == 9.0

    def test_a_result_from_before_a_regrade_does_not_count(
        self, s: Session, submission: Submission, make_result: MakeResult
    ):
        grading.try_again(s, submission, now=NOW)
        grading.record(s, make_result(6.0), submission.id, 2, now=NOW)
        grading.regrade(s, submission, now=NOW)

        assert not grading.record(s, make_result(1.0), submission.id, 1, now=NOW)
        assert submission.state is State.QUEUED
        assert submission.score == 6.0

    def test_after_an_early_attempt_won_a_regrade_takes_a_new_number(
        self, s: Session, submission: Submission, make_result: MakeResult
    ):
        grading.try_again(s, submission, now=NOW)
        grading.record(s, make_result(6.0), submission.id, 1, now=NOW)
        grading.regrade(s, submission, now=NOW)

        assert submission.attempt == 3
        assert not grading.record(s, make_result(2.0), submission.id, 2, now=NOW)
        assert grading.record(s, make_result(7.0), submission.id, 3, now=NOW)

    def test_what_is_being_graded_is_not_regraded(self, s: Session, submission: Submission):
        with pytest.raises(Refused, match="being graded already"):
            grading.regrade(s, submission, now=NOW)

    def test_checks_of_the_attempt_that_counts_are_shown(
        self, s: Session, submission: Submission, make_check, make_result: MakeResult
    ):
        grading.record(s, make_result(checks=(make_check("old"),)), submission.id, 1, now=NOW)
        grading.regrade(s, submission, now=NOW)
        grading.record(s, make_result(checks=(make_check("new"),)), submission.id, 2, now=NOW)

        assert [check.name for check in submissions.visible_checks(s, submission, viewer_is_lecturer=False)] == ["new"]
        assert len(list(s.scalars(select(CheckRecord)))) == 2


def test_after_due_date_checks_are_shown_when_it_is_due(
    s: Session, submission: Submission, make_check, make_result: MakeResult, student: Person
):
    submission.course_assignment.due_at = NOW
    later = make_check("later", visibility=Visibility.AFTER_DUE_DATE)
    grading.record(s, make_result(checks=(make_check(), later)), submission.id, 1, now=NOW)

    def names(at: datetime, viewer_is_lecturer: bool = False) -> list[str]:
        return [check.name for check in submissions.visible_checks(s, submission, viewer_is_lecturer, at)]

    assert names(NOW) == ["shapes"]
    assert names(NOW + timedelta(seconds=1)) == ["shapes", "later"]
    assert names(NOW, viewer_is_lecturer=True) == ["shapes", "later"]
