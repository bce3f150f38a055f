"""Timing runs: asked for when all checks have passed, sent when their turn comes, and written down once.

A run is one row from its request to its result, however often it is tried: the first result wins. It is the newest
finished run of a submission that gives the points for speed, none where that one was refused.
"""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from itertools import zip_longest

from sqlalchemy import select
from sqlalchemy.orm import Session

from grader.contract import (
    GRADE_GPU,
    TIME_CPU,
    Assignment,
    Benchmark,
    ContractError,
    Outcome,
    Timing,
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
from server.services import aliases, score
from server.services.errors import Refused
from server.services.storable import storable, storable_text
from server.services.submissions import draw_seed
from server.services.timing_queue import WAITING, release, send

MOST_RETRIES = 2
BACK_OFF = (timedelta(seconds=5), timedelta(seconds=30))
# Sandboxes have to start, outputs are verified after the clock has stopped, and one message may wait behind another.
LEASE_FACTOR, LEASE_GRACE = 2, timedelta(seconds=60)


def request(
    s: Session,
    submission: Submission,
    assignment: Assignment,
    *,
    reason: TimingReason = TimingReason.SUBMISSION,
    by: Person | None = None,
    now: datetime | None = None,
) -> TimingRun | None:
    """Have a submission timed when its turn comes; None where nothing is to be timed.

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
    s.add(run)
    s.flush()
    release(s, run.queue, run.created_at)
    return run


def request_methods(
    s: Session, published: CourseAssignment, assignment: Assignment, by: Person, *, now: datetime | None = None
) -> list[TimingRun]:
    """Have the known methods timed, and the reference against itself, but for those that wait already.

    One of every tier comes before a second of any, the fastest tier first: so a board soon shows what its tiers mean.
    Raises Refused where the assignment is not timed.
    """
    if assignment.benchmark is None:
        raise Refused("This assignment is not timed, so there is no method to measure.")
    names = _by_turns(assignment.benchmark)
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
        s.add(run)
        s.flush()
        runs.append(run)
    for queue in {run.queue for run in runs}:
        release(s, queue, now)
    return runs


def begin(s: Session, run_id: int, attempt: int, *, worker: str = "", now: datetime | None = None) -> bool:
    """Note that a grader has begun, and let the next one go. False, and nothing changed, for an attempt of the past."""
    run = _locked(s, run_id)
    if run is None or run.state is not TimingState.QUEUED or run.attempt != attempt:
        return False
    now = now or utcnow()
    run.state, run.begun_at, run.worker = TimingState.RUNNING, now, storable_text(worker, 200)
    run.lease_until = now + timedelta(seconds=run.patience)
    s.flush()
    release(s, run.queue, now)
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
            release(s, run.queue, now)
        return False
    _keep(run, timing)
    run.attempt, run.state, run.finished_at, run.lease_until = attempt, TimingState.DONE, now, None
    s.flush()
    if run.submission_id is not None:
        _settle_locked(s, run.submission_id)
    release(s, run.queue, now)
    return True


def try_again(s: Session, run: TimingRun, *, now: datetime | None = None) -> None:
    """Begin a run that failed on our side once more. Raises Refused for one that waits or has its outcome."""
    locked = _locked(s, run.id)
    if locked is None or locked.state is not TimingState.FAILED:
        raise Refused("Only a timing that failed on our side can be tried again.")
    locked.retries = -1
    again(s, locked, now=now or utcnow())


def again(s: Session, run: TimingRun, *, now: datetime, after: timedelta = timedelta()) -> None:
    """Begin another attempt, now or from a pause on when its turn comes, or fail the run when there were enough."""
    if run.retries >= MOST_RETRIES:
        run.state, run.lease_until, run.finished_at = TimingState.FAILED, None, now
        s.flush()
        return
    run.retries += 1
    run.attempt += 1
    run.state, run.finished_at, run.begun_at = TimingState.QUEUED, None, None
    if after:
        run.enqueued_at, run.lease_until = now + after, None
        s.flush()
    else:
        send(s, run, now=now)


def for_submission(s: Session, submission: Submission) -> list[TimingRun]:
    """Every run of a submission, the newest first."""
    query = select(TimingRun).where(TimingRun.submission_id == submission.id).order_by(TimingRun.id.desc())
    return list(s.scalars(query))


def for_methods(s: Session, published: CourseAssignment) -> list[TimingRun]:
    """Every run of a known method of an assignment, the newest first."""
    query = select(TimingRun).where(TimingRun.course_assignment_id == published.id, TimingRun.method != "")
    return list(s.scalars(query.order_by(TimingRun.id.desc())))


def staff_note(run: TimingRun) -> str:
    """What the staff should know about a run whose timing failed on our side; "" for one that did not."""
    if run.outcome != Outcome.INTERNAL_ERROR:
        return "No result came from the grader." if run.state is TimingState.FAILED else ""
    told = run.result or {}
    return str(told.get("worker", {}).get("error") or told.get("message") or "The grader failed and did not say why.")


def _by_turns(benchmark: Benchmark) -> list[str]:
    """The known methods and the reference: one of every tier, then the next of every tier; of no tier the last."""
    tiers = [*(tier.name for tier in reversed(benchmark.tiers)), ""]
    by_tier = [[name for name, expected in benchmark.methods if expected == tier] for tier in tiers]
    turns = (name for turn in zip_longest(*by_tier) for name in turn if name is not None)
    return list(dict.fromkeys((*turns, benchmark.reference)))


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
        seed=draw_seed(),
        queue=GRADE_GPU if assignment.gpu else TIME_CPU,
        state=TimingState.QUEUED,
        attempt=1,
        patience=LEASE_FACTOR * benchmark.seconds + LEASE_GRACE.total_seconds(),
        created_at=now,
        enqueued_at=now,
    )


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
    if timing.seed != run.seed:
        raise ContractError("timing: its inputs were drawn from another seed than this run's")
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
