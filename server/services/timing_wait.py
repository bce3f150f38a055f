"""What those who wait for a timing are told: how many come first, about how long, and whether anybody times at all."""

from __future__ import annotations

import math
import statistics
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from server.models import TimingRun, TimingState, utcnow
from server.services import timing_queue

MEASURED = 20
"""How many of the last timings tell how long one takes."""
SEEN_WITHIN = timedelta(hours=1)
SILENT_AFTER = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Wait:
    """What is before one run.

    `before` counts the timings that come first, those under way included. `minutes` is about how long its result takes,
    rounded up; None where nothing tells. `newer` is the submission that is timed in its place, of the same person.
    `is_silent` says that nobody has begun a timing though some could be.
    """

    before: int
    minutes: int | None
    newer: int | None
    is_silent: bool


@dataclass(frozen=True, slots=True)
class QueueStatus:
    """One queue of timings: how many wait and run, since when the oldest waits, who was seen, and what one takes."""

    queue: str
    waiting: int
    running: int
    oldest: datetime | None
    workers: tuple[str, ...]
    last_begun: datetime | None
    median_seconds: float | None
    is_silent: bool


def wait_of(s: Session, run: TimingRun, now: datetime | None = None) -> Wait | None:
    """What a run waits for; None for one that does not wait, or is under way."""
    if run.state is not TimingState.QUEUED:
        return None
    now = now or utcnow()
    before, is_silent = timing_queue.timings_before(s, run, now), _is_silent(s, run.queue, now)
    minutes = None if is_silent else _minutes(s, run.queue, before)
    return Wait(before, minutes, timing_queue.newer_of_same_person(s, run), is_silent)


def status(s: Session, queue: str, now: datetime | None = None) -> QueueStatus:
    """How a queue of timings stands."""
    now = now or utcnow()
    here = TimingRun.queue == queue
    waiting, oldest = s.execute(
        select(func.count(TimingRun.id), func.min(TimingRun.created_at)).where(
            here, TimingRun.state == TimingState.QUEUED
        )
    ).one()
    seen = select(TimingRun.worker).where(here, TimingRun.begun_at > now - SEEN_WITHIN, TimingRun.worker != "")
    return QueueStatus(
        queue=queue,
        waiting=waiting,
        running=_running(s, queue),
        oldest=oldest,
        workers=tuple(s.scalars(seen.distinct().order_by(TimingRun.worker))),
        last_begun=s.scalar(select(func.max(TimingRun.begun_at)).where(here)),
        median_seconds=_median_seconds(s, queue),
        is_silent=_is_silent(s, queue, now),
    )


def _minutes(s: Session, queue: str, before: int) -> int | None:
    """About how long a result takes when so many come first: those under way share the rest among them."""
    median = _median_seconds(s, queue)
    if median is None:
        return None
    return max(1, math.ceil(median * (before / max(1, _running(s, queue)) + 1) / 60))


def _median_seconds(s: Session, queue: str) -> float | None:
    query = (
        select(TimingRun.begun_at, TimingRun.finished_at)
        .where(TimingRun.queue == queue, TimingRun.state == TimingState.DONE, TimingRun.begun_at.is_not(None))
        .order_by(TimingRun.finished_at.desc())
        .limit(MEASURED)
    )
    taken = [(finished - begun).total_seconds() for begun, finished in s.execute(query)]
    return statistics.median(taken) if taken else None


def _running(s: Session, queue: str) -> int:
    query = select(func.count(TimingRun.id)).where(TimingRun.queue == queue, TimingRun.state == TimingState.RUNNING)
    return s.scalar(query) or 0


def _is_silent(s: Session, queue: str, now: datetime) -> bool:
    """Whether what was sent a while ago has not been begun, and nothing is under way."""
    sent = select(func.min(TimingRun.enqueued_at)).where(
        TimingRun.queue == queue, TimingRun.state == TimingState.QUEUED, TimingRun.lease_until.is_not(None)
    )
    first = s.scalar(sent)
    return first is not None and first < now - SILENT_AFTER and _running(s, queue) == 0
