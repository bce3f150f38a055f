"""Taking back what was lost: SQL is the truth, the queue a hint, and a lease says when the hint has failed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from server.models import Attempt, State, Submission, TimingRun, utcnow
from server.services import grading, timing, timing_sweep
from server.services.submissions import QUEUE_LEASE, WAITING, enqueue

MOST_AT_ONCE = 100


def sweep(s: Session, now: datetime | None = None, *, messages_waiting: Callable[[str], int | None]) -> int:
    """Send again what has no result in time; returns how many submissions and timings were taken back.

    A running submission whose lease ended gets a new attempt: its grader died. A queued one keeps its attempt and is
    sent again only if its message is gone, for a long honest queue must not be multiplied. `messages_waiting` tells
    how many messages lie in a queue (None: the broker does not answer).
    """
    now = now or utcnow()
    gradings = sum(_sweep_queue(s, queue, now, messages_waiting) for queue in _queues_with_ended_leases(s, now))
    return gradings + timing_sweep.sweep(s, now, messages_waiting)


def _queues_with_ended_leases(s: Session, now: datetime) -> list[str]:
    return list(s.scalars(select(Submission.queue).where(*_lease_ended(now)).distinct().order_by(Submission.queue)))


def _lease_ended(now: datetime) -> Iterable[ColumnElement[bool]]:
    return Submission.state.in_(WAITING), Submission.lease_until <= now


def _sweep_queue(s: Session, queue: str, now: datetime, messages_waiting: Callable[[str], int | None]) -> int:
    lost = [Submission.state == State.RUNNING, Submission.lease_until <= Submission.enqueued_at]
    overtaken = _latest_start(s, queue)
    if overtaken is not None:
        lost.append(Submission.enqueued_at < overtaken)
    if _is_silent(s, queue, now) and messages_waiting(queue) == 0:
        lost.append(Submission.lease_until <= now)
    query = (
        select(Submission)
        .where(*_lease_ended(now), Submission.queue == queue, or_(*lost))
        .order_by(Submission.enqueued_at, Submission.id)
        .limit(MOST_AT_ONCE)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    found = list(s.scalars(query))
    for submission in found:
        _take_back(s, submission, now)
    return len(found)


def _take_back(s: Session, submission: Submission, now: datetime) -> None:
    if submission.state is State.RUNNING:
        grading.try_again(s, submission, now=now)
        return
    lease = (submission.lease_until or now) - submission.enqueued_at
    submission.enqueued_at = now
    submission.lease_until = now + min(max(2 * lease, QUEUE_LEASE), grading.LONGEST_LEASE)
    s.flush()
    enqueue(s, submission)


def _latest_start(s: Session, queue: str) -> datetime | None:
    """When the youngest attempt that a grader has begun was first sent: a queue is served in order.

    What was last sent before that, and still waits after its lease, was not in the queue any more.
    """
    return s.scalar(
        select(func.max(Attempt.created_at))
        .join(Submission, Submission.id == Attempt.submission_id)
        .where(Attempt.started_at.is_not(None), Submission.queue == queue)
    )


def _is_silent(s: Session, queue: str, now: datetime) -> bool:
    """Whether no grader of this queue shows any life: none is within a lease, none began or ended anything lately.

    A timing that was sent to the same queue may keep its grader busy, and gives no sign meanwhile.
    """
    since = now - QUEUE_LEASE
    timed = select(TimingRun.id).where(
        TimingRun.queue == queue, TimingRun.state.in_(timing.WAITING), TimingRun.lease_until > now
    )
    if s.scalar(timed.limit(1)) is not None:
        return False
    running = and_(Submission.state == State.RUNNING, Submission.lease_until > now)
    recent = or_(Attempt.started_at > since, Attempt.finished_at > since)
    query = (
        select(Attempt.id)
        .join(Submission, Submission.id == Attempt.submission_id)
        .where(Submission.queue == queue, or_(running, recent))
        .limit(1)
    )
    return s.scalar(query) is None
