"""How a session goes, for its lecturer: who joined, how far each is, how each question is answered.

A page asks for this every second or two, so it costs a handful of queries however many students there are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Row, Select, String, cast, func, or_, select
from sqlalchemy.orm import Session

from server.models import (
    Participant,
    QuizAnswer,
    QuizSession,
    SessionItem,
    TimeAllowance,
)
from server.services.quizzes import clock
from server.services.quizzes.clock import Phase


@dataclass(frozen=True, slots=True)
class Student:
    """One participant as the lecturer sees them; `closes_at` is their own close."""

    id: int
    number: str
    joined_at: datetime
    last_at: datetime | None
    answered: int
    takeovers: int
    extra_seconds: int
    closes_at: datetime | None
    phase: Phase


@dataclass(frozen=True, slots=True)
class Progress:
    """A session at one moment.

    Attributes:
        questions: how many questions a paper has.
        finished: how many participants have answered all of theirs.
        still_writing: how many can answer although the session has closed for the others.
        answers: item id -> how many have answered it.
        waiting: number -> extra seconds of those who have extra time and have not joined.
        closes_at: the common close; `left` the time to it, which a pause holds.
    """

    now: datetime
    phase: Phase
    questions: int
    students: tuple[Student, ...]
    finished: int
    still_writing: int
    answers: Mapping[int, int]
    waiting: Mapping[str, int]
    closes_at: datetime | None
    left: timedelta | None

    @property
    def joined(self) -> int:
        """How many have joined."""
        return len(self.students)

    @property
    def answered(self) -> int:
        """How many answers there are in all."""
        return sum(self.answers.values())


@dataclass(frozen=True, slots=True)
class Counts:
    """What the hall sees: how many joined, and how many answered each item."""

    joined: int
    answers: Mapping[int, int]


def progress(s: Session, session: QuizSession, now: datetime) -> Progress:
    """Read how the session goes, in four queries."""
    rows = s.execute(
        select(
            *(Participant.id, Participant.number, Participant.joined_at, Participant.takeovers),
            *(Participant.extra_seconds, Participant.paused_seconds),
        )
        .where(Participant.session_id == session.id)
        .order_by(Participant.number)
    ).all()
    by_student = _by_student(s, session)
    students = tuple(_student(session, row, by_student.get(row.id), now) for row in rows)
    phase, questions = clock.phase(session, None, now), paper_length(session)
    return Progress(
        now=now,
        phase=phase,
        questions=questions,
        students=students,
        finished=sum(student.answered >= questions for student in students),
        still_writing=sum(student.phase is not Phase.CLOSED for student in students) if phase is Phase.CLOSED else 0,
        answers=_by_item(s, session),
        waiting=_waiting(s, session, {row.number.lower() for row in rows}),
        closes_at=clock.closes_at(session),
        left=clock.left(session, None, now),
    )


def counts(s: Session, session: QuizSession) -> Counts:
    """The same for the hall alone, in two queries that read no student."""
    joined = s.scalar(select(func.count(Participant.id)).where(Participant.session_id == session.id)) or 0
    return Counts(joined, _by_item(s, session))


def paper_length(session: QuizSession) -> int:
    """How many questions each student gets."""
    parts: dict[int, list[SessionItem]] = {}
    for item in session.items:
        parts.setdefault(item.part, []).append(item)
    return sum(len(items) if items[0].pick is None else min(items[0].pick, len(items)) for items in parts.values())


def is_given() -> ColumnElement[bool]:
    """An answer that was not taken back."""
    return or_(cast(QuizAnswer.picked, String) != "[]", QuizAnswer.text != "")


def _by_student(s: Session, session: QuizSession) -> dict[int, Row]:
    columns = (
        QuizAnswer.participant_id,
        func.count().label("answered"),
        func.max(QuizAnswer.answered_at).label("last_at"),
    )
    rows = s.execute(_given(session).add_columns(*columns).group_by(QuizAnswer.participant_id))
    return {row.participant_id: row for row in rows}


def _by_item(s: Session, session: QuizSession) -> dict[int, int]:
    rows = s.execute(_given(session).add_columns(QuizAnswer.item_id, func.count()).group_by(QuizAnswer.item_id))
    return dict(rows.all())


def _given(session: QuizSession) -> Select:
    return (
        select()
        .join(Participant, Participant.id == QuizAnswer.participant_id)
        .where(Participant.session_id == session.id, is_given())
    )


def _student(session: QuizSession, row: Row, answers: Row | None, now: datetime) -> Student:
    return Student(
        id=row.id,
        number=row.number,
        joined_at=row.joined_at,
        last_at=answers.last_at if answers is not None else None,
        answered=answers.answered if answers is not None else 0,
        takeovers=row.takeovers,
        extra_seconds=row.extra_seconds,
        closes_at=clock.closes_at(session, row),
        phase=clock.phase(session, row, now),
    )


def _waiting(s: Session, session: QuizSession, joined: set[str]) -> dict[str, int]:
    given = select(TimeAllowance.number, TimeAllowance.extra_seconds).where(
        TimeAllowance.session_id == session.id, TimeAllowance.extra_seconds > 0
    )
    rows = s.execute(given.order_by(TimeAllowance.number))
    return {number: seconds for number, seconds in rows if number.lower() not in joined}
