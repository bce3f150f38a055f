"""What graders report, written down: progress and results.

An attempt is one grading. A *round* is the attempts that may still decide the present outcome: it begins when the
submission is handed in or regraded, and grows by one attempt each time that a grader fails or falls silent. The first
result of a round wins; one that comes later stays on its attempt and changes nothing.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from grader.contract import Assignment, CheckResult, ContractError, Flag, Job, Progress, Result, Verdict
from server.models import Attempt, CheckRecord, State, Submission, utcnow
from server.services import score, timing
from server.services.errors import Refused
from server.services.storable import storable, storable_text
from server.services.submissions import QUEUE_LEASE, WAITING, enqueue

MOST_RETRIES = 2
BACK_OFF = (timedelta(seconds=5), timedelta(seconds=30))
# A message takes its time through the results queue; the grader's own promise does not count that.
LEASE_GRACE = timedelta(seconds=5)
LONGEST_LEASE = timedelta(hours=1)
MOST_CHECKS = 10_000
ENDED = {Verdict.GRADED: State.GRADED, Verdict.REJECTED: State.REJECTED}


def progress(s: Session, report: Progress, *, now: datetime | None = None) -> bool:
    """Note a sign of life: the state becomes running, the lease longer, the checks that ended are written down.

    What the present check shows so far takes the place of what was shown before. False, and nothing changed, when the
    report is about an attempt that no longer counts.
    """
    submission = _locked(s, report.submission)
    if submission is None or submission.attempt != report.attempt or submission.state not in WAITING:
        return False
    attempt = _attempt(s, submission, report.attempt)
    if attempt is None or attempt.finished_at is not None:
        return False
    now = now or utcnow()
    submission.state = State.RUNNING
    submission.lease_until = now + _lease(report.lease_seconds)
    attempt.started_at = attempt.started_at or now
    attempt.checks_total = min(max(report.total, 0), MOST_CHECKS)
    attempt.checks_done = min(max(report.done, attempt.checks_done), attempt.checks_total)
    _note_checks(s, attempt, report)
    # Signs are taken in by several threads: one of a check that has ended may come late.
    if report.done >= attempt.checks_done:
        attempt.running = storable(report.running.to_dict()) if report.running else None
    s.flush()
    return True


def record(
    s: Session,
    result: Result,
    submission_id: int,
    attempt: int,
    *,
    assignment: Assignment | None = None,
    now: datetime | None = None,
) -> bool:
    """Write down a result, once: the same one again changes nothing. True when it decided the submission's outcome.

    What passed all checks of a timed `assignment` (None: its folder is gone) is sent to be timed. An internal error
    begins another attempt after a pause, and fails the submission after the last one. Raises ContractError for a result
    that cannot be about this submission.
    """
    submission = _locked(s, submission_id)
    row = None if submission is None else _attempt(s, submission, attempt)
    if submission is None or row is None or row.finished_at is not None:
        return False
    _check_result(result, submission)
    now = now or utcnow()
    _keep(s, row, result, now)
    is_open = submission.state in WAITING or submission.state is State.FAILED
    if not is_open or attempt < submission.attempt - submission.retries:
        return False
    if result.verdict is Verdict.INTERNAL_ERROR:
        if attempt == submission.attempt and submission.state in WAITING:
            try_again(s, submission, now=now, after=BACK_OFF[min(submission.retries, len(BACK_OFF) - 1)])
        return False
    _conclude(submission, row, now)
    if assignment is not None and assignment.benchmark is not None:
        submission.max_score = assignment.points
    s.flush()
    score.settle(s, submission)
    if assignment is not None:
        timing.request(s, submission, assignment, now=now)
    return True


def regrade(s: Session, submission: Submission, *, now: datetime | None = None) -> Attempt:
    """Grade again with the same seed. The score so far stays until the new one comes. Raises Refused while waiting."""
    locked = _locked(s, submission.id)
    if locked is None or locked.state in WAITING:
        raise Refused("This submission is being graded already.")
    locked.retries = 0
    attempt = _next_attempt(s, locked, now or utcnow())
    enqueue(s, locked)
    return attempt


def try_again(s: Session, submission: Submission, *, now: datetime, after: timedelta = timedelta()) -> None:
    """Begin another attempt of the same round, or fail the submission when there were enough."""
    if submission.retries >= MOST_RETRIES:
        submission.state = State.FAILED
        submission.lease_until = None
        s.flush()
        return
    submission.retries += 1
    _next_attempt(s, submission, now)
    if after:
        submission.enqueued_at = submission.lease_until = now + after
        s.flush()
    else:
        enqueue(s, submission)


def mark_unsent(s: Session, job: Job) -> None:
    """Let the sweep send this job at once: the broker did not take it. A lease without length says so."""
    s.execute(
        update(Submission)
        .where(Submission.id == job.submission, Submission.attempt == job.attempt, Submission.state == State.QUEUED)
        .values(lease_until=Submission.enqueued_at)
    )


def staff_note(attempt: Attempt) -> str:
    """What the staff should know about an attempt that gave no verdict; "" for one that did."""
    if attempt.result is None:
        is_silent = attempt.finished_at is None and not _is_under_way(attempt)
        return "No result came from the grader." if is_silent else ""
    if attempt.verdict != Verdict.INTERNAL_ERROR:
        return ""
    return str(attempt.result.get("worker", {}).get("error") or "The grader failed and did not say why.")


def _is_under_way(attempt: Attempt) -> bool:
    submission = attempt.submission
    return submission.state in WAITING and attempt.number == submission.attempt


def flags(attempt: Attempt | None) -> list[Flag]:
    """What the staff may want to look at in the source that an attempt graded. For their pages alone."""
    if attempt is None or attempt.result is None:
        return []
    return [Flag.from_dict(flag) for flag in attempt.result.get("flags", ())]


def _locked(s: Session, submission_id: int) -> Submission | None:
    """The submission, locked until the commit: reports about it come on several threads and machines at once."""
    if not 0 < submission_id < 2**31:
        return None
    return s.get(Submission, submission_id, with_for_update=True, populate_existing=True)


def _attempt(s: Session, submission: Submission, number: int) -> Attempt | None:
    if not 0 < number < 2**31:
        return None
    return s.scalar(select(Attempt).where(Attempt.submission_id == submission.id, Attempt.number == number))


def _next_attempt(s: Session, submission: Submission, now: datetime) -> Attempt:
    last = s.scalar(select(func.max(Attempt.number)).where(Attempt.submission_id == submission.id)) or 0
    s.execute(update(Attempt).where(Attempt.submission_id == submission.id).values(running=None))
    attempt = Attempt(submission_id=submission.id, number=last + 1, created_at=now)
    s.add(attempt)
    submission.attempt = attempt.number
    submission.state = State.QUEUED
    submission.enqueued_at = now
    submission.lease_until = now + QUEUE_LEASE
    s.flush()
    return attempt


def _lease(seconds: float) -> timedelta:
    longest = LONGEST_LEASE.total_seconds()
    return LEASE_GRACE + timedelta(seconds=min(max(seconds, 0), longest) if math.isfinite(seconds) else longest)


def _check_result(result: Result, submission: Submission) -> None:
    expected = submission.course_assignment.assignment
    if result.assignment != expected:
        raise ContractError(f"result: it is about {result.assignment}, but the submission is for {expected}")
    # Numbers are given again when an older database is restored, seeds are not.
    if result.seed != submission.seed:
        raise ContractError("result: its inputs were drawn from another seed than this submission's")
    if not all(math.isfinite(number) for number in (result.score, result.max_score)):
        raise ContractError("result: the score is no finite number")
    if not 0 <= result.score <= result.max_score:
        raise ContractError(f"result: a score of {result.score} out of {result.max_score} is impossible")


def _keep(s: Session, attempt: Attempt, result: Result, now: datetime) -> None:
    attempt.started_at = attempt.started_at or now
    attempt.finished_at = now
    attempt.verdict = result.verdict.value
    attempt.score, attempt.max_score = result.score, result.max_score
    attempt.version = storable_text(result.version, 16)
    attempt.result = storable(result.to_dict())
    attempt.running = None
    if result.verdict is not Verdict.INTERNAL_ERROR:
        attempt.checks_done = attempt.checks_total = len(result.checks)
        s.execute(delete(CheckRecord).where(CheckRecord.attempt_id == attempt.id))
        s.expire(attempt, ["checks"])
        _add_checks(s, attempt, result.checks, first=1)
    s.flush()


def _conclude(submission: Submission, attempt: Attempt, now: datetime) -> None:
    submission.retries -= submission.attempt - attempt.number
    submission.attempt = attempt.number
    submission.state = ENDED[Verdict(attempt.verdict)]
    submission.score, submission.max_score = attempt.score, attempt.max_score
    submission.flags = len((attempt.result or {}).get("flags", ()))
    submission.graded_at = now
    submission.lease_until = None


def _note_checks(s: Session, attempt: Attempt, report: Progress) -> None:
    if not report.checks:
        return
    names = [storable_text(check.name, 200) for check in report.checks]
    s.execute(delete(CheckRecord).where(CheckRecord.attempt_id == attempt.id, CheckRecord.name.in_(names)))
    _add_checks(s, attempt, report.checks, first=report.done - len(report.checks) + 1)


def _add_checks(s: Session, attempt: Attempt, checks: Sequence[CheckResult], first: int) -> None:
    """All in one statement, past the session: an object for each row would cost more than the rest of a result."""
    if checks:
        s.execute(insert(CheckRecord), [_check_row(attempt, check, place) for place, check in enumerate(checks, first)])


def _check_row(attempt: Attempt, check: CheckResult, position: int) -> dict[str, Any]:
    texts = {"name": storable_text(check.name, 200), "title": storable_text(check.title, 300)}
    return storable(check.to_dict()) | texts | {"attempt_id": attempt.id, "position": position}
