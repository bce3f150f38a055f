"""The board of a timed assignment: who is how fast, known methods among them, and who is left out for whom."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Subquery, delete, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from grader.contract import Assignment, Outcome
from server.models import (
    Attempt,
    BoardHiding,
    BoardName,
    CourseAssignment,
    Enrolment,
    Person,
    Submission,
    TimingReason,
    TimingRun,
    TimingState,
    utcnow,
)
from server.services import score, timing
from server.services.aliases import set_alias, set_listed
from server.services.errors import Refused
from server.services.middle_run import middle

__all__ = [
    "Entry",
    "device_kinds",
    "entries",
    "hide",
    "history",
    "rank",
    "set_alias",
    "set_listed",
    "show",
    "verify_top",
]

LONGEST_REASON = 1000
Interval = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Entry:
    """A row of a board as one viewer may see it.

    `place` counts the rows from 1. `rank` is the person's among those who are listed, the same for all that cannot be
    told apart; None for a method. `name` is the alias, or the method's name. `gap` is by how many percent the nearest
    person is faster whose whole interval lies above the row's. `person` and `run` are there for the staff and in one's
    own row, and `is_listed` and `hidden_reason` matter to these alone: others do not get a row that is hidden or not
    listed.
    """

    place: int
    rank: int | None
    name: str
    is_own: bool
    is_method: bool
    ratio: float
    low: float
    high: float
    milliseconds: float | None
    percent_of_limit: float | None
    tier: str
    device_name: str
    measured_at: datetime
    gap: float | None = None
    is_listed: bool = True
    hidden_reason: str = ""
    person: Person | None = None
    run: TimingRun | None = None

    @property
    def is_public(self) -> bool:
        """Whether everybody sees this row."""
        return self.is_listed and not self.hidden_reason


def rank(intervals: Sequence[Interval], among: Sequence[Interval] | None = None) -> list[int]:
    """The rank of each interval: 1, and 1 more for each that lies wholly above it, of all of them or `among` others."""
    lows = [low for low, _ in (intervals if among is None else among)]
    return [1 + sum(low > high for low in lows) for _, high in intervals]


def entries(
    s: Session,
    published: CourseAssignment,
    assignment: Assignment,
    viewer: Person,
    device_kind: str,
    *,
    is_staff: bool,
) -> list[Entry]:
    """The rows of a board, the fastest first.

    A person stands with the fastest of their submissions, each as its newest finished run found it, or where others
    cannot be told from it, with the middle one of these; a submission that was refused then does not stand. A method
    stands with its newest run.
    """
    rows = [*_people(s, published, assignment, viewer, device_kind), *_methods(s, published, assignment, device_kind)]
    shown = [row for row in rows if is_staff or row.is_own or row.is_public]
    listed = [(row.low, row.high) for row in rows if not row.is_method and row.is_public]
    ranks = rank([(row.low, row.high) for row in shown], listed)
    ordered = sorted(zip(ranks, shown, strict=True), key=lambda pair: (pair[0], -pair[1].ratio, pair[1].name))
    placed = [
        replace(row, place=place, rank=None if row.is_method else own) for place, (own, row) in enumerate(ordered, 1)
    ]
    listed_speeds = sorted((row.low, row.ratio) for row in placed if row.rank is not None and row.is_public)
    return [_for_viewer(replace(row, gap=_gap(row, listed_speeds)), is_staff=is_staff) for row in placed]


def device_kinds(s: Session, published: CourseAssignment) -> list[str]:
    """The kinds of device that something was timed on, in order."""
    query = select(TimingRun.device_kind).where(*_timed(published)).distinct().order_by(TimingRun.device_kind)
    return list(s.scalars(query))


def history(s: Session, published: CourseAssignment, person: Person) -> list[TimingRun]:
    """Everything of a person's that was timed for an assignment, the earliest first."""
    query = (
        select(TimingRun)
        .join(TimingRun.submission)
        .where(*_timed(published), Submission.person_id == person.id)
        .order_by(TimingRun.finished_at, TimingRun.id)
    )
    return list(s.scalars(query))


def hide(s: Session, published: CourseAssignment, person: Person, reason: str, by: Person) -> BoardHiding:
    """Take a person off one board; they are shown the reason. Raises Refused without one."""
    reason = " ".join(reason.split())
    if not reason or len(reason) > LONGEST_REASON:
        raise Refused(f"Say why, in {LONGEST_REASON:,} characters at most. The student is shown the reason.")
    hiding = s.scalar(select(BoardHiding).where(*_hidden(published, person)))
    if hiding is None:
        hiding = BoardHiding(course_assignment_id=published.id, person_id=person.id)
        s.add(hiding)
    hiding.reason, hiding.hidden_by_id, hiding.hidden_at = reason, by.id, utcnow()
    s.flush()
    return hiding


def show(s: Session, published: CourseAssignment, person: Person) -> bool:
    """Put a person back on a board. False when they were not hidden."""
    hidden = delete(BoardHiding).where(*_hidden(published, person))
    return s.scalar(hidden.returning(BoardHiding.id)) is not None


def verify_top(
    s: Session, published: CourseAssignment, assignment: Assignment, by: Person, count: int = 10
) -> list[TimingRun]:
    """Have the fastest people's submissions timed once more, but for those whose verification waits already.

    Raises Refused where the assignment is not timed.
    """
    if assignment.benchmark is None:
        raise Refused("This assignment is not timed, so there is nothing to verify.")
    kind = "gpu" if assignment.gpu else "cpu"
    rows = entries(s, published, assignment, by, kind, is_staff=True)
    top = [row.run.submission for row in rows if row.is_public and row.run and row.run.submission][:count]
    waiting = set(
        s.scalars(
            select(TimingRun.submission_id).where(
                TimingRun.submission_id.in_([submission.id for submission in top]),
                TimingRun.state.in_(timing.WAITING),
                TimingRun.reason == TimingReason.VERIFICATION,
            )
        )
    )
    asked = (
        timing.request(s, submission, assignment, reason=TimingReason.VERIFICATION, by=by)
        for submission in top
        if submission.id not in waiting
    )
    return [run for run in asked if run is not None]


def _people(
    s: Session, published: CourseAssignment, assignment: Assignment, viewer: Person, device_kind: str
) -> list[Entry]:
    """One row for each person in the course, and for the viewer, of submissions that pass every check.

    One that is being graded again stands until its new result says otherwise.
    """
    newest = _newest(published, device_kind, TimingRun.submission_id)
    rows = s.execute(
        select(TimingRun, Person, BoardName, BoardHiding)
        .join(newest, newest.c.id == TimingRun.id)
        .join(TimingRun.submission)
        .join(Submission.person)
        .join(Attempt, (Attempt.submission_id == Submission.id) & (Attempt.number == Submission.attempt))
        .outerjoin(BoardName, (BoardName.person_id == Person.id) & (BoardName.course_id == published.course_id))
        .outerjoin(
            BoardHiding, (BoardHiding.person_id == Person.id) & (BoardHiding.course_assignment_id == published.id)
        )
        .where(
            TimingRun.outcome == Outcome.TIMED.value,
            Attempt.score.is_(None) | (Attempt.score >= assignment.check_points - score.ALMOST),
            Person.id.in_(select(Enrolment.person_id).where(Enrolment.course_id == published.course_id))
            | (Person.id == viewer.id),
        )
        .order_by(TimingRun.ratio.desc(), TimingRun.id)
    )
    people: dict[int, list[Entry]] = {}
    for run, person, name, hiding in rows:
        people.setdefault(person.id, []).append(_person_entry(run, person, name, hiding, viewer))
    return [middle(own, own[0]) for own in people.values()]


def _methods(s: Session, published: CourseAssignment, assignment: Assignment, device_kind: str) -> list[Entry]:
    """One row for each known method; one that the assignment no longer names stands on no board."""
    if assignment.benchmark is None:
        return []
    known = {name for name, _ in assignment.benchmark.methods} | {assignment.benchmark.reference}
    newest = _newest(published, device_kind, TimingRun.method)
    runs = s.scalars(
        select(TimingRun)
        .join(newest, newest.c.id == TimingRun.id)
        .where(TimingRun.outcome == Outcome.TIMED.value, TimingRun.method.in_(known))
    )
    return [_entry(run, run.method, is_method=True) for run in runs]


def _newest(published: CourseAssignment, device_kind: str, column: InstrumentedAttribute[Any]) -> Subquery:
    """The newest finished run on that kind of device, of each submission or of each method."""
    return (
        select(func.max(TimingRun.id).label("id"))
        .where(
            TimingRun.course_assignment_id == published.id,
            TimingRun.state == TimingState.DONE,
            TimingRun.device_kind == device_kind,
        )
        .group_by(column)
        .subquery()
    )


def _timed(published: CourseAssignment) -> Iterable[ColumnElement[bool]]:
    return TimingRun.course_assignment_id == published.id, TimingRun.outcome == Outcome.TIMED.value


def _hidden(published: CourseAssignment, person: Person) -> Iterable[ColumnElement[bool]]:
    return BoardHiding.course_assignment_id == published.id, BoardHiding.person_id == person.id


def _person_entry(
    run: TimingRun, person: Person, name: BoardName | None, hiding: BoardHiding | None, viewer: Person
) -> Entry:
    return replace(
        _entry(run, "" if name is None else name.alias),
        is_own=person.id == viewer.id,
        is_listed=name is not None and name.is_listed,
        hidden_reason="" if hiding is None else hiding.reason,
        person=person,
    )


def _entry(run: TimingRun, name: str, *, is_method: bool = False) -> Entry:
    return Entry(
        place=0,
        rank=None,
        name=name,
        is_own=False,
        is_method=is_method,
        ratio=run.ratio or 0.0,
        low=run.low or 0.0,
        high=run.high or 0.0,
        milliseconds=run.milliseconds,
        percent_of_limit=run.percent_of_limit,
        tier=run.tier,
        device_name=run.device_name,
        measured_at=run.finished_at or run.created_at,
        run=run,
    )


def _gap(row: Entry, listed: Sequence[tuple[float, float]]) -> float | None:
    """By how many percent the nearest of those whose whole interval lies above a row's is faster.

    `listed` has the lower end and the speed of everybody who is listed, in order.
    """
    if row.rank is None or not row.ratio:
        return None
    nearest = bisect_right(listed, (row.high, math.inf))
    return 100.0 * (listed[nearest][1] / row.ratio - 1.0) if nearest < len(listed) else None


def _for_viewer(row: Entry, *, is_staff: bool) -> Entry:
    """Without what leads to a person or to their submission, unless that is the viewer's to see."""
    return row if is_staff or row.is_own else replace(row, person=None, run=None)
