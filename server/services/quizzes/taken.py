"""The quizzes that somebody took, with their result once it is released."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from server.models import Participant, Person, QuizSession
from server.services.quizzes import clock
from server.services.quizzes.results import Result, result_of


@dataclass(frozen=True, slots=True)
class Taken:
    """A session that somebody took part in; the result is None until it is released."""

    session: QuizSession
    result: Result | None


def taken_by(s: Session, course_id: int, person: Person, now: datetime) -> list[Taken]:
    """The sessions of a course that a person took part in and that are over for them, the newest first."""
    found = s.scalars(
        select(Participant)
        .join(QuizSession, QuizSession.id == Participant.session_id)
        .where(QuizSession.course_id == course_id, func.lower(Participant.number) == person.number.lower())
        .order_by(QuizSession.opens_at.desc(), QuizSession.id.desc())
    )
    over = [each for each in found if clock.phase(each.session, each, now) is clock.Phase.CLOSED]
    return [
        Taken(each.session, result_of(s, each.session, each) if is_released(each.session, now) else None)
        for each in over
    ]


def is_released(session: QuizSession, now: datetime) -> bool:
    """Whether students may see scores, keys and explanations."""
    return session.results_released_at is not None and session.results_released_at <= now
