"""One question at a time: the lecturer opens it, reveals its answer, and goes on or back.

A paced session is answered so. A session of another mode can be gone through the same way once everybody is done: then
each question shows how it was answered, and after the reveal which answer is right.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from server.models import Mode, Person, QuizSession, Stage, utcnow
from server.quiz.paper import PaperQuestion, lay_down, questions_of
from server.services.errors import Refused
from server.services.quizzes import clock
from server.services.quizzes.clock import Phase
from server.services.quizzes.events import Act, positions, record
from server.services.quizzes.scheduling import lock
from server.services.quizzes.sessions import is_done, state


@dataclass(frozen=True, slots=True)
class _InOrder:
    """The rules of a paper that has every question of a session, in the order of the quiz, with its own numbers."""

    seed: int
    mode: str = "timed"
    numbers: str = "same"
    shuffles_questions: bool = False
    shuffles_options: bool = True


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question without its pool: asked whatever the pool's lot is."""

    id: int
    position: int
    part: int
    definition: dict[str, object]
    pick: int | None = None


def questions_on_show(session: QuizSession) -> list[PaperQuestion]:
    """The questions that the lecturer goes through, in order; where numbers are drawn for each student, one example."""
    if session.mode is Mode.PACED:
        return questions_of(lay_down(session.items, session.seed, session), session.items)
    asked = [_Asked(item.id, item.position, item.part, item.definition) for item in session.items]
    rules = _InOrder(session.seed, shuffles_options=session.shuffles_options)
    return questions_of(lay_down(asked, session.seed, rules), asked)


def forward(
    s: Session, session: QuizSession, by: Person, *, expected: str | None = None, now: datetime | None = None
) -> bool:
    """Show the next question, or the first; the first one opens a paced session that waits. Raises Refused."""
    now = now or utcnow()
    if not _take(s, session, expected, now):
        return False
    position = 0 if session.stage is Stage.LOBBY or session.current is None else session.current + 1
    if position >= len(questions_on_show(session)):
        raise Refused("This was the last question.")
    if session.mode is Mode.PACED and clock.phase(session, None, now) is Phase.WAITING:
        session.opens_at = now
    _show(s, session, position, by, now)
    return True


def back(
    s: Session, session: QuizSession, by: Person, *, expected: str | None = None, now: datetime | None = None
) -> bool:
    """Show the question before; one that was revealed stays so. Raises Refused at the first."""
    now = now or utcnow()
    if not _take(s, session, expected, now):
        return False
    if session.stage is Stage.LOBBY or not session.current:
        raise Refused("This is the first question.")
    _show(s, session, session.current - 1, by, now)
    return True


def reveal(
    s: Session, session: QuizSession, by: Person, *, expected: str | None = None, now: datetime | None = None
) -> bool:
    """Close the question on show and mark its right answer. False where that was done. Raises Refused."""
    now = now or utcnow()
    if not _take(s, session, expected, now) or session.stage is Stage.REVEALED:
        return False
    if session.stage is Stage.LOBBY:
        raise Refused("No question is shown yet.")
    session.stage_at = clock.stopped_at(session, now) if session.mode is Mode.PACED else _without_grace(session, now)
    session.stage = Stage.REVEALED
    record(s, session, Act.REVEALED, by, now, position=session.current)
    return True


def _take(s: Session, session: QuizSession, expected: str | None, now: datetime) -> bool:
    """Lock the session; whether it still stands as the lecturer saw it. Raises Refused where nothing can be shown."""
    lock(s, session)
    if expected is not None and expected != state(session):
        return False
    if session.mode is Mode.PRACTICE:
        raise Refused("A practice session has nothing to go through together.")
    if session.mode is Mode.PACED:
        if clock.phase(session, None, now) is Phase.CLOSED:
            raise Refused("This session is over.")
        if session.paused_at is not None:
            raise Refused("This session is paused. Resume it first.")
    elif not is_done(s, session, now):
        raise Refused("Somebody can still answer. The answers can be shown once everybody is done.")
    return True


def _show(s: Session, session: QuizSession, position: int, by: Person, now: datetime) -> None:
    """Put a question on show: open for answers, unless its answer was revealed before."""
    session.current = position
    if position in positions(s, session, Act.REVEALED):
        session.stage, session.stage_at = Stage.REVEALED, _without_grace(session, now)
    else:
        session.stage, session.stage_at = Stage.OPEN, now
    record(s, session, Act.SHOWN, by, now, position=position)


def _without_grace(session: QuizSession, now: datetime) -> datetime:
    """The beginning of a reveal that takes no answer any more: the key has been seen, so none is under way."""
    return now - timedelta(seconds=session.grace_seconds)
