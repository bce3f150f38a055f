"""Which questions a student may see now, and what a reveal shows."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from server.models import Mode, Participant, Stage, utcnow
from server.services.quizzes.showing import answers_to, questions_on_show, reveal
from server.services.quizzes.standing import on_show
from tests.server.quiz_parts import answer, join, make_quiz, make_session, multiple, numeric, single


@pytest.fixture
def database_kind() -> str:
    return "sqlite"


@pytest.fixture
def quiz(s: Session, course):
    return make_quiz(s, course, [single(), multiple(), numeric()])


@pytest.fixture
def everybody(s: Session, quiz) -> list[Participant]:
    """Four students of a paced session."""
    session = make_session(s, quiz, Mode.PACED, shuffles_questions=False)
    return [join(s, session, f"s{n:04}") for n in range(4)]


def question(participant: Participant, position: int):
    participant.session.current = position
    return questions_on_show(participant.session, participant, participant.session.items, shown(participant))[0]


def shown(participant: Participant):
    return on_show(participant.session, participant, utcnow())


def test_everything_is_shown_unless_the_lecturer_sets_the_pace(s, quiz):
    ada = join(s, make_session(s, quiz))
    assert len(questions_on_show(ada.session, ada, ada.session.items, None)) == 3


def test_a_paced_session_shows_one_question_and_none_in_its_lobby(everybody):
    ada = everybody[0]
    assert question(ada, 1).item_id == ada.paper[1]["item"]
    ada.session.stage = Stage.LOBBY
    assert questions_on_show(ada.session, ada, ada.session.items, shown(ada)) == []


def test_a_reveal_counts_in_the_order_that_everybody_saw(s, everybody):
    for participant, picked in zip(everybody, [(1,), (1,), (0,), ()], strict=True):
        answer(s, participant, 0, picked)
    asked = question(everybody[0], 0)
    found = reveal(asked, answers_to(s, asked.item_id))
    assert found.answered == 3, "who took their answer back has none"
    assert found.answered_right == 2
    assert [asked.order[index] for index in found.right] == [1]
    assert {asked.order[index]: count for index, count in enumerate(found.counts)} == {0: 1, 1: 2, 2: 0}


def test_a_reveal_counts_each_option_of_several(s, everybody):
    for participant, picked in zip(everybody, [(0, 2), (0,), (1, 2), (0, 1, 2, 3)], strict=True):
        answer(s, participant, 1, picked)
    asked = question(everybody[0], 1)
    found = reveal(asked, answers_to(s, asked.item_id))
    assert {asked.order[index]: count for index, count in enumerate(found.counts)} == {0: 3, 1: 2, 2: 3, 3: 1}
    assert (found.answered, found.answered_right) == (4, 1)


def test_a_reveal_of_a_number_gives_the_value(s, everybody):
    for participant, text in zip(everybody, ["1.5", "1,6", "3", "nothing"], strict=True):
        answer(s, participant, 2, text=text)
    asked = question(everybody[0], 2)
    found = reveal(asked, answers_to(s, asked.item_id))
    assert (found.value, found.tolerance, found.answered, found.answered_right) == (1.5, 0.25, 4, 2)
