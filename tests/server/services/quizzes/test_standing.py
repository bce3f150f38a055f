"""Where a student stands, and how often that is read."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from server.models import Mode, Participant, QuizSession, Stage, utcnow
from server.services.quizzes.clock import Phase
from server.services.quizzes.hall import Hall
from server.services.quizzes.standing import Roll, standing
from tests.server.quiz_parts import answer, join, make_quiz, make_session, single


class Seconds:
    """A process's clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def database_kind() -> str:
    return "sqlite"


@pytest.fixture
def now() -> datetime:
    return utcnow()


@pytest.fixture
def session(s: Session, course, now) -> QuizSession:
    made = make_session(s, make_quiz(s, course, [single("q1"), single("q2")]), now=now)
    s.commit()
    return made


@pytest.fixture
def ada(s: Session, session) -> Participant:
    participant = join(s, session, device="phone-0123456789")
    s.commit()
    return participant


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


@pytest.fixture
def statements(engine) -> list[str]:
    """What is asked of the database from now on."""
    seen: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *arguments: seen.append(arguments[2]))
    return seen


def test_a_student_stands_where_the_clock_says(s, session, ada, now):
    ada.extra_seconds = 60
    found = standing(session, ada, ada.device, 1, now)
    assert found.phase is Phase.OPEN
    assert found.closes_at == session.closes_at + timedelta(seconds=60)
    assert found.left == timedelta(minutes=6)
    assert (found.is_moved, found.is_released, found.is_paused, found.on_show) == (False, False, False, None)


def test_another_device_is_told_so(session, ada, now):
    assert standing(session, ada, "laptop-0123456789", 1, now).is_moved


def test_results_are_out_from_when_they_were_released(session, ada, now):
    session.results_released_at = now
    assert standing(session, ada, ada.device, 1, now).is_released
    assert not standing(session, ada, ada.device, 1, now - timedelta(seconds=1)).is_released


def test_a_reveal_shows_the_key_when_no_answer_is_accepted_any_more(s, course, now):
    quiz = make_quiz(s, course, [single()])
    paced = make_session(s, quiz, Mode.PACED, now=now, stage=Stage.REVEALED, stage_at=now)
    ada = join(s, paced)
    assert not standing(paced, ada, ada.device, 1, now + timedelta(seconds=1.9)).on_show.shows_key
    assert standing(paced, ada, ada.device, 1, now + timedelta(seconds=2)).on_show.shows_key


def test_the_roll_is_read_twice_a_second_at_most(engine, session, ada, seconds, now, statements):
    roll = Roll(engine, seconds)
    for _ in range(50):
        assert roll.standing(session.code, ada.id, ada.device, now).phase is Phase.OPEN
    assert len(statements) == 2, "one for the session, one for everybody in it"
    seconds.now += 0.51
    roll.standing(session.code, ada.id, ada.device, now)
    assert len(statements) == 4


def test_what_the_lecturer_does_shows_half_a_second_later(s, engine, session, ada, seconds, now):
    roll = Roll(engine, seconds)
    roll.standing(session.code, ada.id, ada.device, now)
    session.ended_at = now
    s.commit()
    seconds.now += 0.51
    assert roll.standing(session.code, ada.id, ada.device, now).phase is Phase.CLOSED


def test_who_joined_just_now_is_there_at_once(s, engine, session, ada, seconds, now):
    roll = Roll(engine, seconds)
    roll.standing(session.code, ada.id, ada.device, now)
    bela = join(s, session, "100002")
    s.commit()
    found = roll.standing(session.code, bela.id, bela.device, now)
    assert (found.joined, found.is_moved) == (2, False)


def test_strangers_and_unknown_codes_stand_nowhere(engine, session, ada, now):
    roll = Roll(engine)
    assert roll.standing("NOCODE", None, "", now) is None
    assert roll.standing(session.code, 4711, "", now) is None
    assert roll.standing(session.code, None, "", now).closes_at == session.closes_at


def test_the_hall_keeps_questions_and_reads_again_what_is_missing(s, engine, session, seconds, statements):
    hall = Hall(engine, seconds)
    ids = [item.id for item in session.items]
    statements.clear()
    for _ in range(10):
        assert [item.id for item in hall.items(session.id, ids)] == ids
    assert len(statements) == 1
    hall.items(session.id, [*ids, 4711])
    assert len(statements) == 2
    seconds.now += 31
    hall.items(session.id, ids)
    assert len(statements) == 3


def test_the_hall_counts_answers_again_after_two_seconds(s, engine, session, ada, seconds):
    hall, item = Hall(engine, seconds), ada.paper[0]["item"]
    assert hall.answers_to(item) == []
    answer(s, ada, 0, (1,))
    s.commit()
    assert hall.answers_to(item) == []
    seconds.now += 2.1
    assert [response.picked for response in hall.answers_to(item)] == [(1,)]
