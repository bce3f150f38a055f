"""Which timing is next: runs are held back in SQL, and a few at a time are sent to whoever times.

Students' runs go before those of the staff. Among students it is the turn of whoever has had the fewest timings within
the last hour, then of whoever waits longest. Of a person's own runs the newest submission of each assignment goes
first, and older ones follow: a newer submission takes the place of an older one, which is timed later, never lost.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, and_, case, func, literal, or_, select, union_all, update
from sqlalchemy.orm import Session

from grader.contract import TIME_TASK, TimingJob
from server.models import Submission, TimingReason, TimingRun, TimingState, utcnow
from server.services import outbox
from server.services.errors import Refused

WAITING = (TimingState.QUEUED, TimingState.RUNNING)
AHEAD = 2
"""How many runs are sent and not begun yet. Each that is begun lets another go, so any number of timers has work."""
TURNS_WITHIN = timedelta(hours=1)
LONGEST_LEASE = timedelta(hours=2)
# Where a queue has gradings too, they go first.
PRIORITY = 3


def release(s: Session, queue: str, now: datetime | None = None) -> int:
    """Have the next runs of a queue sent once the transaction is committed, as far as there is room; how many."""
    now = now or utcnow()
    on_the_way = select(func.count(TimingRun.id)).where(TimingRun.queue == queue, _is_sent())
    room = AHEAD - (s.scalar(on_the_way) or 0)
    if room <= 0:
        return 0
    order = _order(queue, now)
    ready = (
        select(TimingRun.id)
        .join(order, order.c.id == TimingRun.id)
        .where(TimingRun.enqueued_at <= now)
        .order_by(*_place(order))
        .limit(room)
    )
    places = {run_id: place for place, run_id in enumerate(s.scalars(ready))}
    query = select(TimingRun).where(TimingRun.id.in_(places), _is_held()).with_for_update(skip_locked=True)
    runs = sorted(s.scalars(query.execution_options(populate_existing=True)), key=lambda run: places[run.id])
    for run in runs:
        send(s, run, now=now)
    return len(runs)


def release_all(s: Session, now: datetime | None = None) -> int:
    """As `release`, for every queue in which something is held back."""
    queues = s.scalars(select(TimingRun.queue).where(_is_held()).distinct().order_by(TimingRun.queue))
    return sum(release(s, queue, now) for queue in list(queues))


def send(s: Session, run: TimingRun, *, now: datetime, lease: timedelta = timedelta()) -> None:
    """Have the run's present attempt sent to a grader once the transaction is committed.

    It is given a lease of its patience, or of `lease` where that is longer.
    """
    run.enqueued_at = now
    run.lease_until = now + min(max(lease, timedelta(seconds=run.patience)), LONGEST_LEASE)
    s.flush()
    outbox.put(s, job_of(run), run.queue, task=TIME_TASK, priority=PRIORITY)


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


def prefer(s: Session, run: TimingRun, now: datetime | None = None) -> None:
    """Have a run timed before the other ones of the same person. Raises Refused for one that is not held back."""
    held = select(TimingRun).where(TimingRun.id == run.id, _is_held(), TimingRun.reason == TimingReason.SUBMISSION)
    found = s.scalar(held.with_for_update().execution_options(populate_existing=True))
    if found is None:
        raise Refused("This timing does not wait for its turn any more.")
    found.wanted_at = now or utcnow()
    s.flush()


def timings_before(s: Session, run: TimingRun, now: datetime | None = None) -> int:
    """How many timings come before a run that waits, those under way included; 0 for one that runs or has ended."""
    if run.state is not TimingState.QUEUED:
        return 0
    is_held = run.lease_until is None
    sent = _is_sent() if is_held else and_(_is_sent(), _sooner(run))
    under_way = or_(TimingRun.state == TimingState.RUNNING, sent)
    before = s.scalar(select(func.count(TimingRun.id)).where(TimingRun.queue == run.queue, under_way)) or 0
    return before + (_held_before(s, run, now or utcnow()) if is_held else 0)


def newer_of_same_person(s: Session, run: TimingRun) -> int | None:
    """The submission that is timed in the place of this run's: the same person's, for the same assignment. Or None."""
    is_held = run.state is TimingState.QUEUED and run.lease_until is None
    if run.submission is None or run.reason is not TimingReason.SUBMISSION or not is_held:
        return None
    query = (
        select(TimingRun.submission_id)
        .join(TimingRun.submission)
        .where(
            TimingRun.course_assignment_id == run.course_assignment_id,
            TimingRun.reason == TimingReason.SUBMISSION,
            TimingRun.state.in_(WAITING),
            Submission.person_id == run.submission.person_id,
            _wanted() > (run.wanted_at or run.submission.created_at),
        )
        .order_by(_wanted().desc(), TimingRun.id.desc())
    )
    return s.scalar(query.limit(1))


def _held_before(s: Session, run: TimingRun, now: datetime) -> int:
    order = _order(run.queue, now)
    placed = select(order.c.id, func.row_number().over(order_by=_place(order)).label("place")).subquery()
    return (s.scalar(select(placed.c.place).where(placed.c.id == run.id)) or 1) - 1


def _sooner(run: TimingRun) -> ColumnElement[bool]:
    same = and_(TimingRun.enqueued_at == run.enqueued_at, TimingRun.id < run.id)
    return or_(TimingRun.enqueued_at < run.enqueued_at, same)


def _is_sent() -> ColumnElement[bool]:
    return and_(TimingRun.state == TimingState.QUEUED, TimingRun.lease_until.is_not(None))


def _is_held() -> ColumnElement[bool]:
    return and_(TimingRun.state == TimingState.QUEUED, TimingRun.lease_until.is_(None))


def _wanted() -> ColumnElement[datetime]:
    """What decides between a person's own runs: the latest goes first."""
    return func.coalesce(TimingRun.wanted_at, Submission.created_at)


def _place(order: Subquery) -> Iterable[ColumnElement[object]]:
    return order.c.is_staffs, order.c.turn, order.c.since, order.c.id


def _order(queue: str, now: datetime) -> Subquery:
    """Every run that is held back, with what its place follows from.

    `turn` counts a person's timings: those within the last hour and on the way, and this one's place among their own.
    """
    own = _of_people(queue, now)
    together, newest_first = (own.c.person, own.c.is_held), (own.c.is_older, own.c.wanted.desc(), own.c.id.desc())
    people = select(
        own.c.id,
        own.c.is_held,
        literal(0).label("is_staffs"),
        (own.c.had + func.row_number().over(partition_by=together, order_by=newest_first)).label("turn"),
        # Who hands in again keeps the place that the older submission had.
        func.min(own.c.since).over(partition_by=together).label("since"),
    ).subquery()
    of_people = select(people.c.id, people.c.is_staffs, people.c.turn, people.c.since).where(people.c.is_held == 1)
    of_staff = select(TimingRun.id, literal(1), literal(0), TimingRun.enqueued_at).where(
        TimingRun.queue == queue, _is_held(), TimingRun.reason != TimingReason.SUBMISSION
    )
    return union_all(of_people, of_staff).subquery()


def _of_people(queue: str, now: datetime) -> Subquery:
    """The runs of submissions that wait, or ended within the last hour; failures of ours cost nobody a turn.

    `had` counts the person's that are not held back. A run `is_older` that is not a person's newest of its assignment.
    """
    waits = TimingRun.state.in_(WAITING)
    ended = and_(TimingRun.state == TimingState.DONE, TimingRun.finished_at > now - TURNS_WITHIN)
    # Two queries, so that each has its index.
    runs = union_all(*(_runs_of_people(queue, condition) for condition in (waits, ended))).subquery()
    newest_first = func.row_number().over(
        partition_by=(runs.c.person, runs.c.assignment), order_by=(runs.c.wanted.desc(), runs.c.id.desc())
    )
    return select(
        runs.c.id,
        runs.c.person,
        runs.c.since,
        runs.c.wanted,
        runs.c.is_held,
        func.sum(1 - runs.c.is_held).over(partition_by=runs.c.person).label("had"),
        case((newest_first > 1, 1), else_=0).label("is_older"),
    ).subquery()


def _runs_of_people(queue: str, condition: ColumnElement[bool]) -> Select[Any]:
    return (
        select(
            TimingRun.id,
            TimingRun.course_assignment_id.label("assignment"),
            TimingRun.enqueued_at.label("since"),
            Submission.person_id.label("person"),
            _wanted().label("wanted"),
            case((_is_held(), 1), else_=0).label("is_held"),
        )
        .join(TimingRun.submission)
        .where(TimingRun.queue == queue, TimingRun.reason == TimingReason.SUBMISSION, condition)
    )
