"""Quizzes as columns of the gradebook: every timed session that is over, with what each student reached.

Paced sessions are part of a lecture and practice is not scored: both have their own results, and no column.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from server.models import Course, Mode, Participant, Person, QuizSession, utcnow
from server.services.quizzes import sessions
from server.services.quizzes.results import Marks, Result, marks, result_of

SCORED = (Mode.TIMED, Mode.WINDOW)


@dataclass(frozen=True, slots=True)
class QuizCell:
    """What one student reached in a session, in points, of what their paper gave."""

    participant_id: int
    score: float
    max_score: float


@dataclass(frozen=True, slots=True)
class QuizColumn:
    """A session in the gradebook: its cells by student number in small letters. `points` is the most that it gives."""

    session: QuizSession
    points: float
    cells: Mapping[str, QuizCell]

    @property
    def is_released(self) -> bool:
        """Whether the students see their results."""
        return self.session.results_released_at is not None

    @property
    def mean(self) -> float | None:
        """The mean of those who took part."""
        return sum(cell.score for cell in self.cells.values()) / len(self.cells) if self.cells else None

    def cell(self, person: Person) -> QuizCell | None:
        """A student's cell; None for who did not take part."""
        return self.cells.get(person.number.lower())


def quiz_columns(s: Session, course: Course) -> tuple[QuizColumn, ...]:
    """The sessions of a course that are over and that somebody took part in, in the order in which they opened."""
    joined = exists().where(Participant.session_id == QuizSession.id)
    asked = select(QuizSession).where(QuizSession.course_id == course.id, QuizSession.mode.in_(SCORED), joined)
    found = s.scalars(asked.order_by(QuizSession.opens_at, QuizSession.id)).all()
    now = utcnow()
    return tuple(_column(marks(s, each)) for each in found if sessions.is_done(s, each, now))


def quizzes_of_student(s: Session, course: Course, person: Person) -> list[Result]:
    """One student's results in the sessions of the gradebook, the first one first."""
    found = s.scalars(
        select(Participant)
        .join(QuizSession, QuizSession.id == Participant.session_id)
        .where(QuizSession.course_id == course.id, QuizSession.mode.in_(SCORED), Participant.number == person.number)
        .order_by(QuizSession.opens_at, QuizSession.id)
    )
    now = utcnow()
    return [result_of(s, each.session, each) for each in found if sessions.is_done(s, each.session, now)]


def _column(found: Marks) -> QuizColumn:
    rows = zip(found.participants, found.totals, found.maxima, strict=True)
    cells = {who.number.lower(): QuizCell(who.id, float(total), float(most)) for who, total, most in rows}
    return QuizColumn(found.session, float(found.maxima.max(initial=0.0)), cells)
