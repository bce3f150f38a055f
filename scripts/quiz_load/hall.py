"""The course, the quiz and the session that a class sits, made through the same services as everybody's."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from server.models import Course, EnrolmentRole, Mode, Person, Quiz
from server.quiz.bank import Bank
from server.services import accounts, courses
from server.services.quizzes import composing, scheduling
from server.services.quizzes.questions import Entry
from server.services.quizzes.scheduling import Plan

COURSE = "load"
LECTURER = "lecturer"
PASSWORD = "a-password-of-the-load"  # noqa: S105 - of a server that lives for a minute


@dataclass(frozen=True, slots=True)
class Booked:
    """A session that is scheduled."""

    id: int
    code: str
    opens_at: float
    closes_at: float
    grace: float


def prepare(sessions: sessionmaker[Session], bank: Bank, numbers: Iterable[str], questions: int) -> int:
    """A course with a roster, a lecturer, and a quiz of so many of the bank's questions; the quiz's id."""
    with sessions.begin() as s:
        course = courses.create_course(s, COURSE, "A class")
        lecturer = accounts.create_person(s, LECTURER)
        courses.enrol(s, course, lecturer, EnrolmentRole.LECTURER)
        accounts.set_password(s, lecturer, PASSWORD)
        quiz = composing.create_quiz(s, course, "A class sits a quiz")
        composing.add_items(s, quiz.parts[0], chosen(bank, questions))
        enrol(s, course, numbers)
        return quiz.id


def enrol(s: Session, course: Course, numbers: Iterable[str]) -> None:
    """Students without a password: a quiz asks for the number alone."""
    for number in numbers:
        courses.enrol(s, course, accounts.create_person(s, number), EnrolmentRole.STUDENT)


def chosen(bank: Bank, count: int) -> list[Entry]:
    """So many questions from all over the bank."""
    entries = [Entry(f"{topic.folder}/{each.id}", each) for topic in bank.topics() for each in topic.questions]
    if len(entries) < count:
        raise ValueError(f"the bank has {len(entries)} questions, not {count}")
    return [entries[place * len(entries) // count] for place in range(count)]


def book(sessions: sessionmaker[Session], quiz_id: int, opens_at: float, seconds: float) -> Booked:
    """A session with a common start and close."""
    opening, close = (datetime.fromtimestamp(moment, UTC) for moment in (opens_at, opens_at + seconds))
    with sessions.begin() as s:
        lecturer = s.scalars(select(Person).where(Person.number == LECTURER)).one()
        plan = Plan("A class sits a quiz", Mode.TIMED, opening, close, int(seconds))
        session = scheduling.schedule(s, s.get_one(Quiz, quiz_id), plan, lecturer)
        return Booked(session.id, session.code, opens_at, opens_at + seconds, session.grace_seconds)
