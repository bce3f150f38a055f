"""The record of a session: what was done in it, when, and by whom of the staff."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.models import Participant, Person, QuizEvent, QuizSession
from server.services.quizzes.joining import JOINED


class Act(StrEnum):
    """What the staff does with a session."""

    SCHEDULED = "scheduled"
    CHANGED = "changed"
    CANCELLED = "cancelled"
    STARTED = "started"
    PAUSED = "paused"
    RESUMED = "resumed"
    EXTENDED = "extended"
    EXTENDED_ONE = "extended_one"
    ENDED = "ended"
    SHOWN = "shown"
    REVEALED = "revealed"
    RELEASED = "released"
    WITHHELD = "withheld"
    CORRECTED = "corrected"
    UNCORRECTED = "uncorrected"


@dataclass(frozen=True, slots=True)
class Entry:
    """An event with the numbers of whoever did it, and of whom it concerns."""

    event: QuizEvent
    by: str | None
    number: str | None


def record(
    s: Session,
    session: QuizSession,
    kind: Act,
    by: Person | None,
    now: datetime,
    *,
    participant: Participant | None = None,
    **details: object,
) -> None:
    """Write down that `by` did something; `details` are JSON values."""
    s.add(
        QuizEvent(
            session_id=session.id,
            participant_id=participant.id if participant is not None else None,
            person_id=by.id if by is not None else None,
            at=now,
            kind=kind.value,
            details=details,
        )
    )
    s.flush()


def entries(s: Session, session: QuizSession, most: int = 200) -> list[Entry]:
    """The latest events of a session, the newest first.

    That somebody joined is not among them: the list of students says it, and three hundred of them would hide the one
    takeover that the lecturer looks for.
    """
    rows = s.execute(
        select(QuizEvent, Person.number, Participant.number)
        .outerjoin(Person, Person.id == QuizEvent.person_id)
        .outerjoin(Participant, Participant.id == QuizEvent.participant_id)
        .where(QuizEvent.session_id == session.id, QuizEvent.kind != JOINED)
        .order_by(QuizEvent.at.desc(), QuizEvent.id.desc())
        .limit(most)
    )
    return [Entry(event, by, number) for event, by, number in rows]


def positions(s: Session, session: QuizSession, kind: Act) -> set[int]:
    """The positions of the questions that events of this kind name."""
    return {each for each in words(s, session, kind, "position") if isinstance(each, int)}


def words(s: Session, session: QuizSession, kind: Act, name: str) -> set[object]:
    """What the events of this kind say under a name of their details."""
    found = s.scalars(select(QuizEvent.details).where(QuizEvent.session_id == session.id, QuizEvent.kind == kind.value))
    return {details[name] for details in found if name in details}
