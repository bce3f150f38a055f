"""Practising: fresh numbers, feedback at once, counts for the lecturer."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from server.models import Mode, PracticeAnswer, utcnow
from server.quiz.drawing import DrawError
from server.quiz.question import Response
from server.services import accounts
from server.services.errors import AnswerRefused
from server.services.quizzes import practice
from tests.server.quiz_parts import drawn, make_quiz, make_session, multiple, numeric, single


@pytest.fixture
def database_kind() -> str:
    return "sqlite"


@pytest.fixture
def session(s: Session, course):
    made = make_session(s, make_quiz(s, course, [drawn(), multiple(), numeric()], pick=1), Mode.PRACTICE)
    s.commit()
    return made


@pytest.fixture
def items(s: Session, session):
    return practice.items_of(s, session)


def asked(session, items, position: int, seed: int = 5):
    return practice.question(session, items, position, seed)


def test_a_pool_is_practised_as_a_whole(items):
    assert len(items) == 3


def test_each_try_has_numbers_of_its_own_that_follow_from_its_seed(session, items):
    seeds = {practice.new_seed(items[0]) for _ in range(30)}
    assert len(seeds) == 30
    stems = {asked(session, items, 0, seed).drawn.stem for seed in seeds}
    assert len(stems) > 10
    assert asked(session, items, 0, 5) == asked(session, items, 0, 5)


def test_options_are_shuffled_from_try_to_try(session, items):
    assert len({asked(session, items, 1, seed).order for seed in range(40)}) > 10
    session.shuffles_options = False
    assert {asked(session, items, 1, seed).order for seed in range(10)} == {(0, 1, 2, 3)}


def test_a_question_that_cannot_be_drawn_says_so(s, course):
    broken = single() | {"draw": {"n": {"from": 1, "to": 1}, "m": "1 // (n - 1)"}}
    made = make_session(s, make_quiz(s, course, [broken]), Mode.PRACTICE)
    with pytest.raises(DrawError):
        practice.new_seed(made.items[0])


def test_a_response_is_read_in_the_order_shown(session, items):
    question = asked(session, items, 1)
    assert practice.read_response(question, [3, 0, 0], "") == Response(
        tuple(sorted({question.order[3], question.order[0]}))
    )
    assert practice.read_response(asked(session, items, 2), [], " 1,5 ") == Response(text="1,5")


@pytest.mark.parametrize(
    ("position", "picked", "text"), [(0, [], ""), (0, [0, 1], ""), (0, [7], ""), (2, [0], ""), (2, [], "words")]
)
def test_no_answer_is_refused_and_not_counted(session, items, position, picked, text):
    with pytest.raises(AnswerRefused):
        practice.read_response(asked(session, items, position), picked, text)


def test_a_try_is_judged_and_kept_once(s, session, items, student):
    question, now = asked(session, items, 0), utcnow()
    right, wrong = Response(tuple(question.drawn.key)), Response((1,))
    assert practice.check(s, question, right, 5, student, now).fraction == 1
    assert practice.check(s, question, wrong, 5, student, now).fraction == 0, "trying on is free"
    assert practice.check(s, asked(session, items, 0, 6), wrong, 6, student, now).fraction == 0
    kept = s.scalars(select(PracticeAnswer).order_by(PracticeAnswer.id)).all()
    assert [(each.seed, each.fraction, each.person_id) for each in kept] == [(5, 1.0, student.id), (6, 0.0, student.id)]
    assert practice.own_tries(s, session, student) == {items[0].id: practice.Tries(2, 1)}


def test_a_known_mistake_is_named(s, session, items):
    feedback = practice.check(s, asked(session, items, 2), Response(text="3"), 5, None, utcnow())
    assert feedback.fraction == 0
    assert feedback.answer.why.startswith("A misconception")
    assert s.scalars(select(PracticeAnswer)).one().person_id is None


def test_the_roster_counts_where_it_should(s, session, student):
    stranger = accounts.create_person(s, "300003")
    assert practice.may_practise(s, session, student)
    assert not practice.may_practise(s, session, stranger)
    assert not practice.may_practise(s, session, None)
    session.roster_only = False
    assert practice.may_practise(s, session, None)
