"""Scheduling, changing and cancelling a session; its copy of the questions and its room code."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from server.models import Mode, Numbers, QuizEvent, QuizSession, utcnow
from server.services.errors import Refused
from server.services.quizzes import clock, composing, scheduling
from server.services.quizzes.clock import Phase
from server.services.quizzes.scheduling import CODE_LETTERS, Plan, schedule
from tests.server.quiz_parts import definitions, join, make_quiz, make_session

NOON = utcnow().replace(microsecond=0) + timedelta(days=3)
TUESDAY = Plan("Week 3", Mode.TIMED, NOON, NOON + timedelta(minutes=10), 600)


@pytest.fixture
def quiz(s: Session, course):
    return make_quiz(s, course, 5)


def kinds(s: Session, session: QuizSession) -> list[str]:
    return list(s.scalars(select(QuizEvent.kind).where(QuizEvent.session_id == session.id).order_by(QuizEvent.id)))


def test_a_session_has_its_own_copy_of_the_questions(s: Session, quiz, lecturer):
    session = schedule(s, quiz, TUESDAY, lecturer)
    s.commit()
    composing.remove_item(s, quiz.parts[0].items[0])
    quiz.parts[0].items[0].points = 7.0
    s.commit()
    s.expire_all()
    assert [item.definition for item in session.items] == definitions(5)
    assert [item.points for item in session.items] == [1.0] * 5
    assert clock.phase(session, None, utcnow()) is Phase.WAITING
    assert kinds(s, session) == ["scheduled"]


def test_parts_and_their_picks_are_copied_in_order(s: Session, quiz, lecturer):
    composing.add_part(s, quiz)
    composing.move_to_part(s, quiz.parts[0].items[1], quiz.parts[1])
    composing.change_part(s, quiz.parts[0], title="", pick=2)
    session = schedule(s, quiz, TUESDAY, lecturer)
    assert [(item.position, item.part, item.pick) for item in session.items] == [
        *((place, 0, 2) for place in range(4)),
        (4, 1, None),
    ]
    assert session.items[4].definition["id"] == "q2"


def test_room_codes_are_short_unlike_each_other_and_without_twins(s: Session, quiz, lecturer):
    codes = {schedule(s, quiz, replace(TUESDAY, title=f"Run {n}"), lecturer).code for n in range(30)}
    assert len(codes) == 30
    assert all(len(code) == 6 and set(code) <= set(CODE_LETTERS) for code in codes)
    for twins in ("0DOQ", "1IL", "8B", "5S", "2Z", "6G", "UV"):
        assert len(set(twins) & set(CODE_LETTERS)) <= 1, twins


def test_a_form_that_is_sent_twice_makes_one_session(s: Session, quiz, lecturer):
    first = schedule(s, quiz, TUESDAY, lecturer, after=0)
    s.commit()
    assert schedule(s, quiz, TUESDAY, lecturer, after=0) is first
    assert schedule(s, quiz, TUESDAY, lecturer, after=first.id) is not first
    assert schedule(s, quiz, TUESDAY, lecturer) is not first
    assert s.scalar(select(func.count(QuizSession.id))) == 3


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"title": " "}, "needs a title"),
        ({"title": "x" * 201}, "needs a title"),
        ({"closes_at": NOON - timedelta(minutes=1)}, "close before it opens"),
        ({"closes_at": None}, "date, the time and the minutes"),
        ({"opens_at": None}, "date, the time and the minutes"),
        ({"opens_at": None, "closes_at": None, "limit_seconds": None}, "how many minutes"),
        ({"mode": Mode.WINDOW, "closes_at": None}, "the time when it closes"),
        ({"mode": Mode.WINDOW, "limit_seconds": None}, "how many minutes"),
        ({"opens_at": NOON + timedelta(days=900), "closes_at": NOON + timedelta(days=901)}, "more than a year"),
        ({"opens_at": NOON - timedelta(days=9), "closes_at": NOON - timedelta(days=8)}, "over already"),
        ({"grace_seconds": -1.0}, "The grace"),
        ({"grace_seconds": 31.0}, "The grace"),
        ({"limit_seconds": 1}, "between 5 seconds"),
        ({"limit_seconds": 90_000}, "between 5 seconds"),
    ],
)
def test_a_plan_that_cannot_work_is_refused(s: Session, quiz, lecturer, changes, words):
    with pytest.raises(Refused, match=words):
        schedule(s, quiz, replace(TUESDAY, **changes), lecturer)


def test_a_quiz_without_questions_cannot_be_scheduled(s: Session, course, lecturer):
    with pytest.raises(Refused, match="no question yet"):
        schedule(s, make_quiz(s, course, 0), TUESDAY, lecturer)


def test_a_question_that_cannot_be_drawn_is_named(s: Session, course, lecturer):
    impossible = definitions(5)[4] | {"where": ["a > 99"]}
    with pytest.raises(Refused, match="q5"):
        schedule(s, make_quiz(s, course, [impossible]), TUESDAY, lecturer)


@pytest.mark.parametrize("mode", [Mode.TIMED, Mode.PACED])
def test_a_session_without_a_time_waits_for_the_lecturer(s: Session, quiz, lecturer, mode):
    session = schedule(s, quiz, Plan("By hand", mode, limit_seconds=600), lecturer)
    assert clock.phase(session, None, utcnow()) is Phase.WAITING


def test_times_can_be_changed_until_it_opens(s: Session, quiz, lecturer):
    session = schedule(s, quiz, TUESDAY, lecturer)
    later = replace(TUESDAY, opens_at=NOON + timedelta(hours=1), closes_at=NOON + timedelta(hours=2))
    scheduling.change(s, session, later, lecturer)
    assert session.opens_at == later.opens_at
    assert kinds(s, session) == ["scheduled", "changed"]
    with pytest.raises(Refused, match="opened already"):
        scheduling.change(s, session, TUESDAY, lecturer, now=NOON + timedelta(minutes=61))


def test_a_paper_that_somebody_has_keeps_its_rules(s: Session, quiz, lecturer):
    session = schedule(s, quiz, TUESDAY, lecturer)
    join(s, session)
    scheduling.change(s, session, replace(TUESDAY, title="Another title", grace_seconds=5.0), lecturer)
    assert (session.title, session.grace_seconds) == ("Another title", 5.0)
    with pytest.raises(Refused, match="has a paper"):
        scheduling.change(s, session, replace(TUESDAY, numbers=Numbers.SAME), lecturer)
    with pytest.raises(Refused, match="has a paper"):
        scheduling.copy_again(s, session, lecturer)


def test_questions_are_taken_anew_where_the_quiz_has_changed(s: Session, quiz, lecturer):
    session = schedule(s, quiz, TUESDAY, lecturer)
    s.commit()
    assert not scheduling.is_behind(session)
    composing.set_points(s, quiz.parts[0].items[2], 3.0)
    composing.remove_item(s, quiz.parts[0].items[0])
    assert scheduling.is_behind(session)
    scheduling.copy_again(s, session, lecturer)
    s.commit()
    s.expire_all()
    assert not scheduling.is_behind(session)
    assert [item.points for item in session.items] == [1.0, 3.0, 1.0, 1.0]


def test_a_cancelled_session_is_over_for_its_lobby_and_can_be_deleted(s: Session, quiz, lecturer):
    session = schedule(s, quiz, TUESDAY, lecturer)
    join(s, session)
    with pytest.raises(Refused, match="Cancel it first"):
        scheduling.remove(s, session)
    assert scheduling.cancel(s, session, lecturer)
    assert not scheduling.cancel(s, session, lecturer)
    assert clock.phase(session, None, utcnow()) is Phase.CLOSED
    assert scheduling.is_cancelled(session)
    assert kinds(s, session) == ["scheduled", "cancelled"]
    scheduling.remove(s, session)
    s.commit()
    assert s.scalar(select(func.count(QuizSession.id))) == 0
    composing.delete(s, quiz)


def test_a_session_that_opened_cannot_be_cancelled_or_changed(s: Session, quiz, lecturer):
    session = make_session(s, quiz)
    with pytest.raises(Refused, match="opened already"):
        scheduling.cancel(s, session, lecturer)
    with pytest.raises(Refused, match="opened already"):
        scheduling.copy_again(s, session, lecturer)
