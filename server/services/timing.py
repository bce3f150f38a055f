"""Timing runs: asked for when all checks have passed, sent to a grader, and written down once.

A run is one row from its request to its result, however often it is tried: the first result wins. It is the newest
finished run of a submission that gives the points for speed, none where that one was refused.
"""

from __future__ import annotations

import math
import secrets
from datetime import datetime, timedelta

from sqlalchemy import case, func, select, update
from sqlalchemy.orm import Session

from grader.contract import (
    GRADE_GPU,
    TIME_CPU,
    TIME_TASK,
    Assignment,
    Benchmark,
    ContractError,
    Outcome,
    Timing,
    TimingJob,
)
from server.models import (
    CourseAssignment,
    Person,
    Submission,
    TimingReason,
    TimingRun,
    TimingState,
    utcnow,
)
from server.services import aliases, outbox, score
from server.services.errors import Refused
from server.services.storable import storable, storable_text
from server.services.submissions import SEED_BITS

WAITING = (TimingState.QUEUED, TimingState.RUNNING)
MOST_RETRIES = 2
BACK_OFF = (timedelta(seconds=5), timedelta(seconds=30))
LONGEST_LEASE = timedelta(hours=2)
# Sandboxes have to start, outputs are verified after the clock has stopped, and one message may wait behind another.
LEASE_FACTOR, LEASE_GRACE = 2, timedelta(seconds=60)
# Gradings go first where a queue has both; the steps are those that Celery's Redis transport tells apart.
PRIORITIES = {TimingReason.SUBMISSION: 3, TimingReason.VERIFICATION: 6, TimingReason.METHOD: 6}


def request(
    s: Session,
    submission: Submission,
    assignment: Assignment,
    *,
    reason: TimingReason = TimingReason.SUBMISSION,
    by: Person | None = None,
    now: datetime | None = None,
) -> TimingRun | None:
    """Have a submission timed once the transaction is committed; None where nothing is to be timed.

    It must have passed all checks of an assignment with a benchmark. For the reason `SUBMISSION` a version of the
    assignment's folder is timed once; staff who ask for a verification get a run of their own.
    """
    attempt = score.counting_attempt(s, submission)
    if assignment.benchmark is None or attempt is None or not score.has_passed(s, attempt):
        return None
    version = attempt.version or ""
    if reason is TimingReason.SUBMISSION and _is_timed(s, submission, version):
        return None
    published = submission.course_assignment
    aliases.of(s, published.course_id, submission.person_id)
    run = _new_run(published, assignment, assignment.benchmark, reason, by, now or utcnow())
    run.submission, run.version = submission, version
    return _stored(s, run)


def request_methods(
    s: Session, published: CourseAssignment, assignment: Assignment, by: Person, *, now: datetime | None = None
) -> list[TimingRun]:
    """Have the known methods timed, and the reference against itself, but for those that wait already.

    Raises Refused where the assignment is not timed.
    """
    if assignment.benchmark is None:
        raise Refused("This assignment is not timed, so there is no method to measure.")
    names = dict.fromkeys((*(name for name, _ in assignment.benchmark.methods), assignment.benchmark.reference))
    texts = {path.stem: path.read_text(encoding="utf-8") for path in assignment.submissions("accepted")}
    waiting = set(
        s.scalars(
            select(TimingRun.method).where(
                TimingRun.course_assignment_id == published.id, TimingRun.state.in_(WAITING), TimingRun.method != ""
            )
        )
    )
    runs = []
    for name in (name for name in names if name not in waiting):
        run = _new_run(published, assignment, assignment.benchmark, TimingReason.METHOD, by, now or utcnow())
        run.method, run.source, run.version = name, texts[name], assignment.version
        runs.append(_stored(s, run))
    return runs


def begin(s: Session, run_id: int, attempt: int, *, now: datetime | None = None) -> bool:
    """Note that a grader has begun. False, and nothing changed, when that attempt no longer counts."""
    run = _locked(s, run_id)
    if run is None or run.state is not TimingState.QUEUED or run.attempt != attempt:
        return False
    run.state = TimingState.RUNNING
    run.lease_until = (now or utcnow()) + timedelta(seconds=run.patience)
    s.flush()
    return True


def record(s: Session, run_id: int, attempt: int, timing: Timing, *, now: datetime | None = None) -> bool:
    """Write down what timing gave, once: the same again changes nothing. True when it ended the run with an outcome.

    An internal error begins another attempt after a pause, and fails the run after the last one. Raises ContractError
    for a timing that cannot be about this run.
    """
    run = _locked(s, run_id)
    if run is None or run.state is TimingState.DONE or not 0 < attempt <= run.attempt:
        return False
    _check_timing(timing, run)
    now = now or utcnow()
    if timing.outcome is Outcome.INTERNAL_ERROR:
        if attempt == run.attempt and run.state in WAITING:
            _keep(run, timing)
            again(s, run, now=now, after=BACK_OFF[min(run.retries, len(BACK_OFF) - 1)])
        return False
    _keep(run, timing)
    run.attempt, run.state, run.finished_at, run.lease_until = attempt, TimingState.DONE, now, None
    s.flush()
    if run.submission_id is not None:
        _settle_locked(s, run.submission_id)
    return True


def try_again(s: Session, run: TimingRun, *, now: datetime | None = None) -> None:
    """Begin a run that failed on our side once more. Raises Refused for one that waits or has its outcome."""
    locked = _locked(s, run.id)
    if locked is None or locked.state is not TimingState.FAILED:
        raise Refused("Only a timing that failed on our side can be tried again.")
    locked.retries = -1
    again(s, locked, now=now or utcnow())


def again(s: Session, run: TimingRun, *, now: datetime, after: timedelta = timedelta()) -> None:
    """Begin another attempt, or fail the run when there were enough."""
    if run.retries >= MOST_RETRIES:
        run.state, run.lease_until, run.finished_at = TimingState.FAILED, None, now
        s.flush()
        return
    run.retries += 1
    run.attempt += 1
    run.state, run.finished_at = TimingState.QUEUED, None
    if after:
        run.enqueued_at = run.lease_until = now + after
        s.flush()
    else:
        send(s, run, now=now)


def send(s: Session, run: TimingRun, *, now: datetime, lease: timedelta = timedelta()) -> None:
    """Have the run's present attempt sent to a grader once the transaction is committed.

    It is given a lease of its patience, or of `lease` where that is longer.
    """
    run.enqueued_at = now
    run.lease_until = now + min(max(lease, timedelta(seconds=run.patience)), LONGEST_LEASE)
    s.flush()
    outbox.put(s, job_of(run), run.queue, task=TIME_TASK, priority=PRIORITIES[run.reason])


def mark_unsent(s: Session, job: TimingJob) -> None:
    """Let the sweep send this job at once: the broker did not take it. A lease without length says so."""
    s.execute(
        update(TimingRun)
        .where(TimingRun.id == job.run, TimingRun.attempt == job.attempt, TimingRun.state == TimingState.QUEUED)
        .values(lease_until=TimingRun.enqueued_at)
    )


def job_of(run: TimingRun) -> TimingJob:
    """What a grader needs to know about a run's present attempt."""
    submission = run.submission
    files = {f"{run.method}.py": run.source}
    if submission is not None:
        files = {file.name: file.content for file in submission.graded_files}
    return TimingJob(run.id, run.attempt, run.course_assignment.assignment, files, run.seed)


def for_submission(s: Session, submission: Submission) -> list[TimingRun]:
    """Every run of a submission, the newest first."""
    query = select(TimingRun).where(TimingRun.submission_id == submission.id).order_by(TimingRun.id.desc())
    return list(s.scalars(query))


def for_methods(s: Session, published: CourseAssignment) -> list[TimingRun]:
    """Every run of a known method of an assignment, the newest first."""
    query = select(TimingRun).where(TimingRun.course_assignment_id == published.id, TimingRun.method != "")
    return list(s.scalars(query.order_by(TimingRun.id.desc())))


def not_before(reason: TimingReason) -> list[TimingReason]:
    """The reasons whose runs do not go before one of that reason."""
    return [other for other, priority in PRIORITIES.items() if priority >= PRIORITIES[reason]]


def queue_position(s: Session, run: TimingRun) -> int:
    """How many runs come before this one, itself included: 1 is next, or under way. 0 when it does not wait."""
    if run.state not in WAITING:
        return 0
    place = case({reason.value: priority for reason, priority in PRIORITIES.items()}, value=TimingRun.reason)
    own = PRIORITIES[run.reason]
    same = (TimingRun.enqueued_at < run.enqueued_at) | (
        (TimingRun.enqueued_at == run.enqueued_at) & (TimingRun.id < run.id)
    )
    earlier = (place < own) | ((place == own) & same)
    query = select(func.count()).where(TimingRun.state.in_(WAITING), TimingRun.queue == run.queue, earlier)
    return 1 + (s.scalar(query) or 0)


def staff_note(run: TimingRun) -> str:
    """What the staff should know about a run whose timing failed on our side; "" for one that did not."""
    if run.outcome != Outcome.INTERNAL_ERROR:
        return "No result came from the grader." if run.state is TimingState.FAILED else ""
    told = run.result or {}
    return str(told.get("worker", {}).get("error") or told.get("message") or "The grader failed and did not say why.")


def _new_run(
    published: CourseAssignment,
    assignment: Assignment,
    benchmark: Benchmark,
    reason: TimingReason,
    by: Person | None,
    now: datetime,
) -> TimingRun:
    return TimingRun(
        course_assignment=published,
        reason=reason,
        requested_by=by,
        seed=secrets.randbits(SEED_BITS),
        queue=GRADE_GPU if assignment.gpu else TIME_CPU,
        state=TimingState.QUEUED,
        attempt=1,
        patience=LEASE_FACTOR * benchmark.seconds + LEASE_GRACE.total_seconds(),
        created_at=now,
        enqueued_at=now,
    )


def _stored(s: Session, run: TimingRun) -> TimingRun:
    s.add(run)
    s.flush()
    send(s, run, now=run.created_at)
    return run


def _is_timed(s: Session, submission: Submission, version: str) -> bool:
    """Whether a run of that version waits, or has its outcome."""
    query = select(TimingRun.id).where(
        TimingRun.submission_id == submission.id, TimingRun.version == version, TimingRun.state != TimingState.FAILED
    )
    return s.scalar(query.limit(1)) is not None


def _locked(s: Session, run_id: int) -> TimingRun | None:
    """The run, locked until the commit: reports about it come on several threads and machines at once."""
    if not 0 < run_id < 2**31:
        return None
    return s.get(TimingRun, run_id, with_for_update=True, populate_existing=True)


def _settle_locked(s: Session, submission_id: int) -> None:
    submission = s.get(Submission, submission_id, with_for_update=True, populate_existing=True)
    if submission is not None:
        score.settle(s, submission)


def _check_timing(timing: Timing, run: TimingRun) -> None:
    expected = run.course_assignment.assignment
    if timing.assignment != expected:
        raise ContractError(f"timing: it is about {timing.assignment}, but the run is for {expected}")
    figures = (timing.ratio, timing.milliseconds, timing.percent_of_limit, *(timing.interval or ()))
    if not all(math.isfinite(figure) and figure >= 0 for figure in figures if figure is not None):
        raise ContractError("timing: a figure is negative, or no finite number")
    if not 0 <= timing.points <= timing.max_points < math.inf:
        raise ContractError(f"timing: {timing.points} points out of {timing.max_points} are impossible")


def _keep(run: TimingRun, timing: Timing) -> None:
    run.outcome = timing.outcome.value
    run.ratio, run.milliseconds, run.percent_of_limit = timing.ratio, timing.milliseconds, timing.percent_of_limit
    run.low, run.high = timing.interval or (None, None)
    run.points, run.tier = timing.points, storable_text(timing.tier, 40)
    run.device_kind, run.device_name = timing.device.kind, storable_text(timing.device.name, 200)
    run.version = storable_text(timing.version, 16) or run.version
    run.result = storable(timing.to_dict())
