"""One question at a time, in a paced session, and afterwards in any."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from server.models import Mode, Numbers, Stage, utcnow
from server.services.errors import Refused
from server.services.quizzes import clock, pacing, sessions
from server.services.quizzes.clock import Phase
from tests.server.quiz_parts import definitions, join, make_quiz, make_session

SECOND = timedelta(seconds=1)


@pytest.fixture
def now() -> datetime:
    return utcnow()


@pytest.fixture
def quiz(s: Session, course):
    return make_quiz(s, course, 3)


@pytest.fixture
def waiting(s: Session, quiz, now):
    """A paced session whose lobby is open."""
    return make_session(s, quiz, Mode.PACED, Phase.WAITING, now=now)


def stands(session) -> tuple[Stage, int | None]:
    return session.stage, session.current


def test_the_first_question_opens_the_session(s: Session, waiting, lecturer, now):
    ada = join(s, waiting)
    assert pacing.forward(s, waiting, lecturer, now=now)
    assert waiting.opens_at == now
    assert stands(waiting) == (Stage.OPEN, 0)
    assert clock.accepts(waiting, ada, 0, now)
    assert not clock.accepts(waiting, ada, 1, now)


def test_a_double_click_moves_on_by_one(s: Session, waiting, lecturer, now):
    seen = sessions.state(waiting)
    assert pacing.forward(s, waiting, lecturer, expected=seen, now=now)
    assert not pacing.forward(s, waiting, lecturer, expected=seen, now=now)
    seen = sessions.state(waiting)
    assert pacing.reveal(s, waiting, lecturer, expected=seen, now=now)
    assert not pacing.reveal(s, waiting, lecturer, expected=seen, now=now)
    assert stands(waiting) == (Stage.REVEALED, 0)


def test_a_reveal_takes_what_is_under_way_and_nothing_more(s: Session, waiting, lecturer, now):
    ada = join(s, waiting)
    pacing.forward(s, waiting, lecturer, now=now)
    pacing.reveal(s, waiting, lecturer, now=now + 60 * SECOND)
    assert clock.accepts(waiting, ada, 0, now + 61 * SECOND)
    assert not clock.accepts(waiting, ada, 0, now + 63 * SECOND)
    assert clock.shows_key_at(waiting) == now + 62 * SECOND


def test_back_to_a_revealed_question_takes_no_answer_at_all(s: Session, waiting, lecturer, now):
    ada = join(s, waiting)
    pacing.forward(s, waiting, lecturer, now=now)
    pacing.reveal(s, waiting, lecturer, now=now + 10 * SECOND)
    pacing.forward(s, waiting, lecturer, now=now + 20 * SECOND)
    pacing.back(s, waiting, lecturer, now=now + 30 * SECOND)
    assert stands(waiting) == (Stage.REVEALED, 0)
    for late in range(5):
        assert not clock.accepts(waiting, ada, 0, now + (30 + late) * SECOND)
    pacing.forward(s, waiting, lecturer, now=now + 40 * SECOND)
    assert stands(waiting) == (Stage.OPEN, 1), "what was not revealed is open again"


def test_the_last_question_ends_by_finishing(s: Session, waiting, lecturer, now):
    for _ in range(3):
        pacing.forward(s, waiting, lecturer, now=now)
    with pytest.raises(Refused, match="last question"):
        pacing.forward(s, waiting, lecturer, now=now)
    assert sessions.end(s, waiting, lecturer, now=now + SECOND)
    with pytest.raises(Refused, match="over"):
        pacing.forward(s, waiting, lecturer, now=now + 2 * SECOND)


def test_before_the_first_there_is_nothing_to_reveal_or_to_go_back_to(s: Session, waiting, lecturer, now):
    with pytest.raises(Refused, match="No question"):
        pacing.reveal(s, waiting, lecturer, now=now)
    with pytest.raises(Refused, match="first question"):
        pacing.back(s, waiting, lecturer, now=now)
    pacing.forward(s, waiting, lecturer, now=now)
    with pytest.raises(Refused, match="first question"):
        pacing.back(s, waiting, lecturer, now=now)


def test_a_paused_session_stays_where_it_is(s: Session, waiting, lecturer, now):
    pacing.forward(s, waiting, lecturer, now=now)
    sessions.pause(s, waiting, lecturer, now=now)
    for act in (pacing.forward, pacing.reveal, pacing.back):
        with pytest.raises(Refused, match="paused"):
            act(s, waiting, lecturer, now=now)


def test_everybodys_paced_paper_is_what_is_shown(s: Session, quiz, waiting):
    papers = [join(s, waiting, str(number), seed=number).paper for number in range(1, 4)]
    shown = pacing.questions_on_show(waiting)
    assert papers[0] == papers[1] == papers[2]
    assert [question.item_id for question in shown] == [entry["item"] for entry in papers[0]]
    assert [list(question.order) for question in shown] == [entry["order"] for entry in papers[0]]


def test_a_timed_session_is_gone_through_once_everybody_is_done(s: Session, quiz, lecturer, now):
    session = make_session(s, quiz, now=now)
    join(s, session, extra_seconds=60)
    for moment in (now, session.closes_at + 59 * SECOND):
        with pytest.raises(Refused, match="can still answer"):
            pacing.forward(s, session, lecturer, now=moment)
    after = session.closes_at + 63 * SECOND
    pacing.forward(s, session, lecturer, now=after)
    pacing.reveal(s, session, lecturer, now=after)
    assert stands(session) == (Stage.REVEALED, 0)
    assert clock.shows_key_at(session) == after
    with pytest.raises(Refused, match="shown already"):
        sessions.extend_one(s, session, "100001", 600, lecturer, now=after)


def test_every_question_of_a_pool_is_gone_through(s: Session, course):
    quiz = make_quiz(s, course, definitions(5), pick=2, numbers=Numbers.EACH)
    session = make_session(s, quiz, phase=Phase.CLOSED)
    shown = pacing.questions_on_show(session)
    assert [question.item_id for question in shown] == [item.id for item in session.items]
    assert [question.position for question in shown] == [0, 1, 2, 3, 4]
