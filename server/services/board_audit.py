"""What stands behind a board, for the staff: every run, how timings that were repeated compare, and files of both."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import datetime
from itertools import zip_longest
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload, undefer

from grader.contract import Outcome, Timing
from server.models import CourseAssignment, Submission, TimingReason, TimingRun, TimingState, utcnow

MOST_COMPARED = 50
SECRET = ("seed",)
"""What a file of a timing leaves out until the assignment is closed."""


@dataclass(frozen=True, slots=True)
class Repeated:
    """A timing that was asked for again beside the one before it. `agrees` where their intervals overlap."""

    old: TimingRun
    new: TimingRun

    @property
    def is_waiting(self) -> bool:
        """Whether the new one is still to come."""
        return self.new.state in (TimingState.QUEUED, TimingState.RUNNING)

    @property
    def agrees(self) -> bool | None:
        """Whether the two intervals overlap; None while one of them is missing."""
        ends = (self.old.low, self.old.high, self.new.low, self.new.high)
        if any(end is None for end in ends):
            return None
        return bool(self.old.low <= self.new.high and self.new.low <= self.old.high)  # type: ignore[operator]


def run_of(s: Session, published: CourseAssignment, run_id: int) -> TimingRun | None:
    """A run of this assignment, with its result."""
    query = (
        select(TimingRun)
        .where(TimingRun.id == run_id, TimingRun.course_assignment_id == published.id)
        .options(undefer(TimingRun.result), selectinload(TimingRun.submission).selectinload(Submission.person))
    )
    return s.scalar(query) if 0 < run_id < 2**31 else None


def siblings(s: Session, run: TimingRun) -> list[TimingRun]:
    """All runs of the same submission or of the same method, the newest first."""
    same = TimingRun.method == run.method if run.submission_id is None else TimingRun.submission_id == run.submission_id
    query = select(TimingRun).where(TimingRun.course_assignment_id == run.course_assignment_id, same)
    return list(s.scalars(query.order_by(TimingRun.id.desc())))


def repeated(s: Session, published: CourseAssignment) -> list[Repeated]:
    """The newest verification of each submission beside the timing before it, the latest request first."""
    newest = (
        select(func.max(TimingRun.id))
        .where(TimingRun.course_assignment_id == published.id, TimingRun.reason == TimingReason.VERIFICATION)
        .group_by(TimingRun.submission_id)
    )
    query = (
        select(TimingRun)
        .where(TimingRun.id.in_(newest))
        .options(selectinload(TimingRun.submission).selectinload(Submission.person))
        .order_by(TimingRun.id.desc())
        .limit(MOST_COMPARED)
    )
    pairs = ((_before(s, run), run) for run in s.scalars(query))
    return [Repeated(old, new) for old, new in pairs if old is not None]


def unfinished(s: Session, published: CourseAssignment) -> list[TimingRun]:
    """The runs that wait, and those that failed on our side and were not followed by another one, newest first."""
    newest = (
        select(func.max(TimingRun.id))
        .where(TimingRun.course_assignment_id == published.id)
        .group_by(TimingRun.submission_id, TimingRun.method)
    )
    query = select(TimingRun).where(TimingRun.id.in_(newest), TimingRun.state != TimingState.DONE)
    return list(s.scalars(query.order_by(TimingRun.id.desc())))


def is_closed(published: CourseAssignment, now: datetime | None = None) -> bool:
    """Whether the assignment's due time has passed: its seeds may then be told."""
    return published.due_at is not None and published.due_at < (now or utcnow())


def as_json(run: TimingRun, *, with_seed: bool) -> dict[str, Any]:
    """A run with all that was measured, without its seed until that may be told."""
    result = dict(run.result or {})
    if not with_seed:
        for name in SECRET:
            result.pop(name, None)
    facts = {
        "run": run.id,
        "submission": run.submission_id,
        "method": run.method,
        "reason": str(run.reason),
        "state": str(run.state),
        "attempt": run.attempt,
        "created_at": run.created_at.isoformat(),
        "finished_at": run.finished_at.isoformat() if run.finished_at else None,
    }
    return facts | {"timing": result or None}


def as_csv(run: TimingRun) -> str:
    """Every call of a run as a table, times in milliseconds; with what events tell of it where they were recorded."""
    out = io.StringIO()
    table = csv.writer(out)
    pairs = Timing.from_dict(run.result).samples if run.result else ()
    has_events = any(pair.submission_events or pair.reference_events for pair in pairs)
    events = ["submission_events_ms", "reference_events_ms"] if has_events else []
    table.writerow(["pair", "call", "submission_ms", "reference_ms", *events])
    for number, pair in enumerate(pairs, 1):
        told = (pair.submission_events, pair.reference_events) if has_events else ()
        columns = zip_longest(pair.submission, pair.reference, *told)
        table.writerows([number, call, *times] for call, times in enumerate(columns, 1))
    return out.getvalue()


def _before(s: Session, run: TimingRun) -> TimingRun | None:
    """The last timing of the same submission before this one that gave a speed."""
    query = (
        select(TimingRun)
        .where(
            TimingRun.submission_id == run.submission_id,
            TimingRun.id < run.id,
            TimingRun.state == TimingState.DONE,
            TimingRun.outcome == Outcome.TIMED,
        )
        .order_by(TimingRun.id.desc())
        .limit(1)
    )
    return s.scalar(query)
