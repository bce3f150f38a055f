"""Quizzes to look at: one that was asked and released, one that comes, and one to practise with.

The students of the demonstration join and answer through the same services as everybody, at moments of the past.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.models import Course, Mode, Participant, Person, Quiz, QuizSession, utcnow
from server.quiz.bank import Bank
from server.quiz.paper import PaperQuestion, questions_of
from server.quiz.question import DrawnQuestion, Kind, Question
from server.services import accounts
from server.services.quizzes import answering, clock, composing, joining, scheduling, sessions
from server.services.quizzes.clock import Phase
from server.services.quizzes.questions import Entry
from server.services.quizzes.scheduling import Plan

ASKED, COMING, PRACTICE = "Quiz of week 3", "Quiz of week 4", "Practice before the exam"
FOLDERS = ("01", "02", "03", "04", "06", "08")
PER_FOLDER = 2
POOL = 6
PICKED = 4
TUESDAY = 1
NINE = time(9)
TEN_MINUTES = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Sitting:
    """How one student sat the quiz: how often they are right, when they came, and whether they changed their device."""

    ability: float
    late: timedelta
    changes_device: bool = False


def seed(s: Session, course: Course, bank: Bank, lecturer_number: str, numbers: Iterable[str]) -> None:
    """Make what is missing; a coming session that has passed is moved ahead. Without questions there is no quiz.

    Everybody who is named has to be in the course.
    """
    entries, lecturer = chosen(bank), accounts.person_by_number(s, lecturer_number)
    if not entries or lecturer is None:
        return
    students = [person for number in numbers if (person := accounts.person_by_number(s, number)) is not None]
    now, asked = utcnow(), _quiz(s, course, ASKED)
    if asked is None:
        asked = _composed(s, course, ASKED, entries[::PER_FOLDER], None)
        _sat(s, asked, lecturer, students, _tuesday(now) - timedelta(days=7))
    if not _sessions(s, asked, Mode.PRACTICE):
        scheduling.schedule(s, asked, Plan(PRACTICE, Mode.PRACTICE), lecturer)
    coming = _quiz(s, course, COMING) or _composed(s, course, COMING, entries[:POOL], PICKED)
    _come(s, coming, lecturer, now)


def chosen(bank: Bank) -> list[Entry]:
    """A few questions of each of the first topics, of different kinds where there are some."""
    topics = [topic for topic in bank.topics() if topic.folder[:2] in FOLDERS]
    return [Entry(f"{topic.folder}/{each.id}", each) for topic in topics for each in _mixed(topic.questions)]


def _mixed(questions: Sequence[Question]) -> list[Question]:
    kinds = {question.kind: question for question in reversed(questions)}
    rest = [question for question in questions if question not in kinds.values()]
    return [*kinds.values(), *rest][:PER_FOLDER]


def _quiz(s: Session, course: Course, title: str) -> Quiz | None:
    return s.scalar(select(Quiz).where(Quiz.course_id == course.id, Quiz.title == title).order_by(Quiz.id))


def _composed(s: Session, course: Course, title: str, entries: Sequence[Entry], pick: int | None) -> Quiz:
    quiz = composing.create_quiz(s, course, title)
    composing.add_items(s, quiz.parts[0], entries)
    if pick is not None and pick < len(entries):
        composing.change_part(s, quiz.parts[0], title="Pool", pick=pick)
    return quiz


def _sessions(s: Session, quiz: Quiz, mode: Mode) -> list[QuizSession]:
    ours = select(QuizSession).where(QuizSession.quiz_id == quiz.id, QuizSession.mode == mode)
    return list(s.scalars(ours.order_by(QuizSession.id)))


def _come(s: Session, quiz: Quiz, lecturer: Person, now: datetime) -> None:
    """Schedule the coming session, or move one ahead that nobody came to."""
    opens_at = _tuesday(now)
    plan = Plan(COMING, Mode.TIMED, opens_at, opens_at + TEN_MINUTES, int(TEN_MINUTES.total_seconds()))
    known = _sessions(s, quiz, Mode.TIMED)
    if not known:
        scheduling.schedule(s, quiz, plan, lecturer, now=now)
        return
    last = known[-1]
    is_unused = last.ended_at is None and not last.participants
    if clock.phase(last, None, now) is Phase.CLOSED and is_unused:
        last.opens_at, last.closes_at = plan.opens_at, plan.closes_at


def _tuesday(now: datetime) -> datetime:
    """The next Tuesday at nine that is at least a day away, in UTC."""
    day = now.date() + timedelta(days=1)
    day += timedelta(days=(TUESDAY - day.weekday()) % 7)
    nine = datetime.combine(day, NINE, tzinfo=now.tzinfo)
    return nine if nine - now >= timedelta(days=1) else nine + timedelta(days=7)


def _sat(s: Session, quiz: Quiz, lecturer: Person, students: Sequence[Person], opens_at: datetime) -> None:
    """A session as it went: everybody joins and answers, and the results come out an hour later."""
    chance = random.Random("the demonstration's quiz")  # noqa: S311 - decides nothing that is secret
    closes_at = opens_at + TEN_MINUTES
    plan = Plan(ASKED, Mode.TIMED, opens_at, closes_at, int(TEN_MINUTES.total_seconds()))
    session = scheduling.schedule(s, quiz, plan, lecturer, now=opens_at - timedelta(days=2))
    if students:
        sessions.extend_one(s, session, students[-1].number, 150, lecturer, now=opens_at - timedelta(hours=1))
    hard = {item.id: chance.uniform(-0.25, 0.2) for item in session.items}
    abilities = chance.sample([0.3 + 0.7 * place / len(students) for place in range(len(students))], len(students))
    for place, student in enumerate(students):
        late = timedelta(seconds=chance.uniform(-200, -20) if place != 4 else 130)
        sitting = Sitting(abilities[place], late, changes_device=place == 6)
        _sit(s, session, student, sitting, hard, chance)
    sessions.release(s, session, lecturer, now=closes_at + timedelta(hours=1))


def _sit(
    s: Session,
    session: QuizSession,
    student: Person,
    sitting: Sitting,
    hard: dict[int, float],
    chance: random.Random,
) -> None:
    assert session.opens_at is not None
    moment, device = session.opens_at + sitting.late, f"demo-device-{student.number}"
    participant = joining.join(s, session, joining.Asking(student.number, device, student), moment)
    questions = questions_of(participant.paper, session.items)
    moment = max(moment, session.opens_at)
    changes: list[answering.Change] = []
    for place, question in enumerate(questions):
        moment += timedelta(seconds=chance.uniform(20, 560 / len(questions)))
        if place == len(questions) // 2 and sitting.changes_device:
            answering.record(s.connection(), changes)
            changes, device = [], f"{device}-2"
            joining.join(s, session, joining.Asking(student.number, device, student, takes_over=True), moment)
        if chance.random() > 0.04:
            knows = chance.random() < sitting.ability + hard[question.item_id]
            changes.append(_change(participant, question, knows, device, moment, chance))
    answering.record(s.connection(), changes)


def _change(
    participant: Participant,
    question: PaperQuestion,
    knows: bool,
    device: str,
    moment: datetime,
    chance: random.Random,
) -> answering.Change:
    text = _typed(question.drawn, knows) if question.drawn.question.kind is Kind.NUMERIC else ""
    return answering.Change(
        participant=participant.id,
        device=device,
        question=question.position,
        picked=() if text else _picked(question, knows, chance),
        text=text,
        sequence=1,
        token=f"demo-{participant.number}-{question.position}",
        arrived=moment,
    )


def _picked(question: PaperQuestion, knows: bool, chance: random.Random) -> tuple[int, ...]:
    """Indices of the order shown: the key for who knows, else a misconception, the first ones oftener."""
    right = [index for index, option in enumerate(question.shown) if option.is_right]
    wrong = sorted(set(range(len(question.order))) - set(right), key=lambda index: question.order[index])
    if knows or not wrong:
        return tuple(right)
    slip = wrong[min(int(chance.expovariate(1.2)), len(wrong) - 1)]
    kept = right[1:] if question.drawn.question.kind is Kind.MULTIPLE else []
    return tuple(sorted([*kept, slip]))


def _typed(drawn: DrawnQuestion, knows: bool) -> str:
    right = next(answer.value for answer in drawn.answers if answer.fraction == 1)
    mistakes = [answer.value for answer in drawn.answers if answer.fraction == 0]
    return f"{right if knows else mistakes[0] if mistakes else right + 1:.12g}"
