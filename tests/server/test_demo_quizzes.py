"""The quizzes of the demonstration: asked, answered and released through the services that real ones go through."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from grader.contract import Assignment
from server import demo, demo_quizzes
from server.models import Course, Mode, Participant, QuizAnswer, QuizSession, utcnow
from server.quiz.bank import Bank
from server.services.quizzes import clock, sessions
from server.services.quizzes.clock import Phase
from server.services.quizzes.results import marks
from tests.server.quiz_parts import definitions, write_bank

FOLDERS = ("01-parameters", "02-one-kernel", "03-sizes", "04-conv-forward", "06-maps", "08-pooling")


@pytest.fixture
def bank(tmp_path: Path) -> Bank:
    """Six topics with five questions each, one of each kind."""
    for folder in FOLDERS:
        write_bank(tmp_path, [each | {"id": f"{folder}-{each['id']}"} for each in definitions(5)], folder)
    return Bank(tmp_path)


@pytest.fixture
def course(s: Session, assignments: dict[str, Assignment], bank: Bank) -> Course:
    course = demo.seed(s, assignments)
    seed(s, course, bank)
    return course


def seed(s: Session, course: Course, bank: Bank) -> None:
    demo_quizzes.seed(s, course, bank, demo.LECTURER[0], demo.STUDENTS)
    s.commit()
    s.expire_all()


def one(s: Session, title: str) -> QuizSession:
    return s.scalars(select(QuizSession).where(QuizSession.title == title)).one()


def test_one_is_over_one_comes_and_one_is_to_practise(s: Session, course: Course):
    phases = {each.title: clock.phase(each, None, utcnow()) for each in s.scalars(select(QuizSession))}
    assert phases == {
        demo_quizzes.ASKED: Phase.CLOSED,
        demo_quizzes.COMING: Phase.WAITING,
        demo_quizzes.PRACTICE: Phase.OPEN,
    }
    assert one(s, demo_quizzes.ASKED).results_released_at is not None
    coming = one(s, demo_quizzes.COMING)
    assert (coming.opens_at.weekday(), coming.opens_at.hour) == (1, 9)
    assert coming.items[0].pick == demo_quizzes.PICKED


def test_its_twelve_students_answered_in_time_and_not_alike(s: Session, course: Course):
    session = one(s, demo_quizzes.ASKED)
    found = marks(s, session)
    assert [each.number for each in found.participants] == list(demo.STUDENTS)
    assert len(set(found.totals.tolist())) > 3
    assert 0.35 < float(np.nanmean(found.fractions)) < 0.9
    for answered in s.scalars(select(QuizAnswer.answered_at)):
        assert session.opens_at <= answered < session.closes_at
    assert s.scalar(select(func.sum(Participant.takeovers))) == 1
    assert sessions.longest_extra(s, session) == 150


def test_a_second_start_changes_nothing(s: Session, course: Course, bank: Bank):
    before = counts(s)
    seed(s, course, bank)
    assert counts(s) == before


def test_a_coming_session_that_nobody_came_to_is_moved_ahead(s: Session, course: Course, bank: Bank):
    coming = one(s, demo_quizzes.COMING)
    coming.opens_at, coming.closes_at = (utcnow() - timedelta(days=days) for days in (8, 7))
    s.commit()
    seed(s, course, bank)
    moved = one(s, demo_quizzes.COMING)
    assert clock.phase(moved, None, utcnow()) is Phase.WAITING
    assert moved.closes_at - moved.opens_at == timedelta(minutes=10)


def test_a_coming_session_that_somebody_joined_stays(s: Session, course: Course, bank: Bank):
    coming = one(s, demo_quizzes.COMING)
    coming.opens_at, coming.closes_at = (utcnow() - timedelta(days=days) for days in (8, 7))
    asked = one(s, demo_quizzes.ASKED)
    s.add(Participant(session=coming, number="100001", device="x" * 16, paper=asked.participants[0].paper))
    s.commit()
    before = coming.opens_at
    seed(s, course, bank)
    assert one(s, demo_quizzes.COMING).opens_at == before


def test_without_questions_there_is_no_quiz(s: Session, assignments: dict[str, Assignment], tmp_path: Path):
    course = demo.seed(s, assignments)
    seed(s, course, Bank(tmp_path / "nothing"))
    assert s.scalar(select(func.count(QuizSession.id))) == 0


def counts(s: Session) -> tuple[int, ...]:
    timed = s.scalar(select(func.count(QuizSession.id)).where(QuizSession.mode == Mode.TIMED))
    tables = (QuizSession, Participant, QuizAnswer)
    return timed, *(s.scalar(select(func.count()).select_from(table)) for table in tables)
