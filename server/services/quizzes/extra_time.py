"""Extra time for single students: it moves their close, and can be given before they join."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from server.models import Mode, Participant, Person, QuizSession, TimeAllowance, utcnow
from server.services import accounts, courses
from server.services.errors import Refused
from server.services.quizzes import clock
from server.services.quizzes.events import Act, positions, record, words
from server.services.quizzes.scheduling import lock

MOST_SECONDS = 24 * 3600
LONGEST_NUMBER = 64


def extend_one(
    s: Session,
    session: QuizSession,
    number: str,
    seconds: int,
    by: Person,
    *,
    once: str | None = None,
    now: datetime | None = None,
) -> bool:
    """Give one number so many seconds more (fewer where negative), whether or not it has joined yet.

    `once` is the form's own word: a form that was taken already changes nothing, and the result is False. Raises
    Refused.
    """
    now = now or utcnow()
    lock(s, session)
    if once is not None and once in words(s, session, Act.EXTENDED_ONE, "once"):
        return False
    _check_extendable(s, session)
    number = _known_number(s, session, number)
    participant, allowance = _participant(s, session, number), _allowance(s, session, number)
    extra = participant.extra_seconds if participant else allowance.extra_seconds if allowance else 0
    total = extra + seconds
    if not 0 <= total <= MOST_SECONDS:
        raise Refused("Extra time lies between nothing and 24 hours.")
    if allowance is None:
        allowance = TimeAllowance(session_id=session.id, number=number)
        s.add(allowance)
    allowance.extra_seconds = total
    if participant is not None:
        participant.extra_seconds = total
        _check_helps(session, participant, seconds, now)
    details = {"number": number, "seconds": seconds, "total": total, "once": once}
    record(s, session, Act.EXTENDED_ONE, by, now, participant=participant, **details)
    return True


def longest_extra(s: Session, session: QuizSession) -> int:
    """The longest extra time that any number has in this session, joined or not."""
    given = [
        s.scalar(select(func.max(table.extra_seconds)).where(table.session_id == session.id))
        for table in (Participant, TimeAllowance)
    ]
    return max(seconds or 0 for seconds in given)


def _participant(s: Session, session: QuizSession, number: str) -> Participant | None:
    named = (Participant.session_id == session.id, func.lower(Participant.number) == number.lower())
    return s.scalar(select(Participant).where(*named).execution_options(populate_existing=True))


def _allowance(s: Session, session: QuizSession, number: str) -> TimeAllowance | None:
    named = (TimeAllowance.session_id == session.id, func.lower(TimeAllowance.number) == number.lower())
    return s.scalar(select(TimeAllowance).where(*named).execution_options(populate_existing=True))


def _known_number(s: Session, session: QuizSession, number: str) -> str:
    """The number as it is stored. Raises Refused for one that cannot take part."""
    number = number.strip()
    if not number or len(number) > LONGEST_NUMBER or not number.isprintable():
        raise Refused("Enter a student number.")
    participant = _participant(s, session, number)
    if participant is not None:
        return participant.number
    person = accounts.person_by_number(s, number)
    if person is not None and courses.is_enrolled(s, session.course, person):
        return person.number
    if session.roster_only:
        raise Refused(f"{number} is not on the course's roster, so it cannot take part in this session.")
    return number


def _check_extendable(s: Session, session: QuizSession) -> None:
    if session.mode is Mode.PRACTICE:
        raise Refused("A practice session has no clock to extend.")
    if session.mode is Mode.PACED and session.limit_seconds is None:
        raise Refused("You close each question of this session yourself: wait for who needs longer.")
    if session.ended_at is not None:
        raise Refused("This session was ended for everybody. Schedule another one.")
    if session.results_released_at is not None or (
        positions(s, session, Act.REVEALED) and session.mode is not Mode.PACED
    ):
        raise Refused("The right answers were shown already, so nobody gets more time.")


def _check_helps(session: QuizSession, participant: Participant, seconds: int, now: datetime) -> None:
    """Raise Refused where the time that is given would be over already."""
    close = clock.closes_at(session, participant)
    if seconds > 0 and close is not None and clock.is_over(session, participant, now):
        late = int((now - close).total_seconds() // 60) + 1
        raise Refused(f"The time of {participant.number} would still be over: give at least {late} minutes more.")
