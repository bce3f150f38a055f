"""Timing runs that were lost: whoever times says when it begins and what it found, and nothing between."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from server.models import Attempt, Submission, TimingRun, TimingState
from server.services import timing, timing_queue

MOST_AT_ONCE = 100


def sweep(s: Session, now: datetime, messages_waiting: Callable[[str], int | None]) -> int:
    """Send again the runs that have no result in time, and those whose turn it is; returns how many were lost.

    A run that was begun and is silent gets a new attempt. One that was sent is lost when the broker did not take it,
    when one that was sent after it ended longer ago than it may take itself (a queue is served in order), or when its
    queue is empty and nothing ended for as long. One that is held back has no lease, and cannot be lost.
    """
    waiting: dict[str, int | None] = {}
    count = 0
    for run in _ended_leases(s, now):
        if run.state is TimingState.RUNNING:
            timing.again(s, run, now=now)
        elif _is_lost(s, run, now, waiting, messages_waiting):
            lease = (run.lease_until or now) - run.enqueued_at
            timing_queue.send(s, run, now=now, lease=2 * lease)
        else:
            continue
        count += 1
    timing_queue.release_all(s, now)
    return count


def _ended_leases(s: Session, now: datetime) -> list[TimingRun]:
    query = (
        select(TimingRun)
        .where(TimingRun.state.in_(timing.WAITING), TimingRun.lease_until <= now)
        .order_by(TimingRun.enqueued_at, TimingRun.id)
        .limit(MOST_AT_ONCE)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    return list(s.scalars(query))


def _is_lost(
    s: Session,
    run: TimingRun,
    now: datetime,
    waiting: dict[str, int | None],
    messages_waiting: Callable[[str], int | None],
) -> bool:
    if run.lease_until is not None and run.lease_until <= run.enqueued_at:
        return True
    since = now - timedelta(seconds=run.patience)
    if _is_overtaken(s, run, since):
        return True
    if not _is_silent(s, run, since):
        return False
    if run.queue not in waiting:
        waiting[run.queue] = messages_waiting(run.queue)
    return waiting[run.queue] == 0


def _is_overtaken(s: Session, run: TimingRun, since: datetime) -> bool:
    """Whether one that came after it in the queue has ended before `since`: by then it had begun, if it was there."""
    query = select(TimingRun.id).where(
        TimingRun.queue == run.queue,
        TimingRun.enqueued_at > run.enqueued_at,
        TimingRun.finished_at <= since,
    )
    return s.scalar(query.limit(1)) is not None


def _is_silent(s: Session, run: TimingRun, since: datetime) -> bool:
    """Whether no grader of its queue shows any life: none is within a lease, none gave or began anything since."""
    running = TimingRun.state == TimingState.RUNNING
    timed = select(TimingRun.id).where(
        TimingRun.queue == run.queue, or_(TimingRun.finished_at > since, running & (TimingRun.lease_until > since))
    )
    graded = (
        select(Attempt.id)
        .join(Submission, Submission.id == Attempt.submission_id)
        .where(Submission.queue == run.queue, or_(Attempt.started_at > since, Attempt.finished_at > since))
    )
    return s.scalar(timed.limit(1)) is None and s.scalar(graded.limit(1)) is None
