"""A submission's score: the points of its checks, and where all of them passed those of its speed."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from grader.contract import Outcome, Verdict
from server.models import Attempt, CheckRecord, State, Submission, TimingRun, TimingState
from server.services.middle_run import middle

ALMOST = 1e-9


def settle(s: Session, submission: Submission) -> None:
    """Write down a graded submission's score. It is the newest finished run that gives the points for speed.

    Where the person has other timings of that speed, these are no more than the middle one of them has.
    """
    attempt = counting_attempt(s, submission)
    if attempt is None or attempt.score is None:
        return
    score = round(attempt.score + (_speed(s, submission) if has_passed(s, attempt) else 0.0), 6)
    submission.score = score if submission.max_score is None else min(score, submission.max_score)
    s.flush()


def counting_attempt(s: Session, submission: Submission) -> Attempt | None:
    """The attempt that graded a submission; None for one that is rejected, or waits for its verdict."""
    if submission.state is not State.GRADED:
        return None
    return s.scalar(select(Attempt).where(Attempt.submission_id == submission.id, Attempt.number == submission.attempt))


def has_passed(s: Session, attempt: Attempt) -> bool:
    """Whether an attempt was given every point of its checks."""
    possible = s.scalar(select(func.sum(CheckRecord.max_points)).where(CheckRecord.attempt_id == attempt.id))
    if attempt.verdict != Verdict.GRADED or attempt.score is None or not possible:
        return False
    return attempt.score >= possible - ALMOST


def _speed(s: Session, submission: Submission) -> float:
    """The points of the newest finished run; a run that was refused has none."""
    query = select(TimingRun).where(TimingRun.submission_id == submission.id, TimingRun.state == TimingState.DONE)
    newest = s.scalar(query.order_by(TimingRun.id.desc()).limit(1))
    if newest is None or newest.outcome != Outcome.TIMED:
        return 0.0
    return min(newest.points or 0.0, middle(_runs_beside(s, newest, submission), newest).points or 0.0)


def _runs_beside(s: Session, run: TimingRun, submission: Submission) -> list[TimingRun]:
    """The newest finished runs of all the person's submissions, by the same version and on the same kind of device."""
    newest = (
        select(func.max(TimingRun.id))
        .join(TimingRun.submission)
        .where(
            Submission.person_id == submission.person_id,
            TimingRun.course_assignment_id == run.course_assignment_id,
            TimingRun.state == TimingState.DONE,
        )
        .group_by(TimingRun.submission_id)
    )
    query = select(TimingRun).where(
        TimingRun.id.in_(newest),
        TimingRun.outcome == Outcome.TIMED,
        TimingRun.version == run.version,
        TimingRun.device_kind == run.device_kind,
    )
    return list(s.scalars(query))
