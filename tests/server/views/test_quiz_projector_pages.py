"""What the hall sees, and what it never sees."""

from __future__ import annotations

import re

import pytest
from sqlalchemy.orm import Session

from server.models import Mode, Stage, utcnow
from server.services.quizzes.clock import Phase
from tests.server.quiz_parts import answer, drawn, join, make_quiz, make_session, numeric, single

ROOT = "/courses/cnn-2026/quizzes/"
NUMBERS = ("100001", "100002")


@pytest.fixture
def show(teacher, s: Session):
    """The projector's page of a session."""

    def show(session) -> str:
        s.commit()
        return teacher.text(f"{ROOT}sessions/{session.id}/projector/")

    return show


def two_answers(s: Session, session) -> None:
    for number, picked in zip(NUMBERS, ((1,), (0,)), strict=True):
        answer(s, join(s, session, number), 0, picked)


def test_before_it_opens_it_shows_the_way_in(s: Session, course, show):
    session = make_session(s, make_quiz(s, course, 2), phase=Phase.WAITING)
    page = show(session)
    assert session.code in page
    assert "localhost/q" in page
    assert 'class="qr"' in page
    assert "begins in" in page
    assert "Open book." in page
    assert re.search(r'<strong id="joined">0</strong> in the lobby', page)


def test_the_picture_holds_the_address_that_students_can_reach(teacher, s: Session, course):
    session = make_session(s, make_quiz(s, course, 1), phase=Phase.WAITING)
    s.commit()
    path = f"{ROOT}sessions/{session.id}/projector/"
    cookie = teacher.client.get_cookie("stride_session")
    teacher.client.set_cookie("stride_session", cookie.value, domain="stride.example.org")
    here = teacher.get(path, base_url="http://stride.example.org:8000").text
    assert "stride.example.org:8000/q" in here


def test_it_counts_who_joined_and_answered(s: Session, course, show):
    session = make_session(s, make_quiz(s, course, [single()]))
    two_answers(s, session)
    page = show(session)
    assert '<strong id="joined">2</strong> joined' in page
    assert '<strong id="answered">2</strong> of 2 answers' in page
    assert f'data-until="{round(session.closes_at.timestamp() * 1000)}"' in page


@pytest.mark.parametrize("phase", list(Phase))
@pytest.mark.parametrize("mode", list(Mode))
def test_it_never_shows_a_number_or_a_name(s: Session, course, people, show, mode, phase):
    session = make_session(s, make_quiz(s, course, [single()]), mode, phase)
    for name, number in zip(("ada", "grace"), NUMBERS, strict=True):
        answer(s, join(s, session, number, people[name]), 0, (1,))
    for stage in Stage:
        session.stage, session.current = stage, None if stage is Stage.LOBBY else 0
        session.stage_at = utcnow()
        page = show(session)
        for word in (*NUMBERS, "Ada", "Grace", "lecturer"):
            assert word not in page, word


def test_a_question_of_a_paced_session_comes_without_its_bars_until_the_reveal(s: Session, course, show):
    session = make_session(s, make_quiz(s, course, [single()]), Mode.PACED)
    two_answers(s, session)
    page = show(session)
    assert "What does a kernel do?" in page
    assert "It moves." in page
    assert "answer-rail" not in page
    session.stage, session.stage_at = Stage.REVEALED, utcnow()
    page = show(session)
    assert "The last answers are being counted." in page
    assert "answer-rail" not in page
    session.grace_seconds = 0.0
    page = show(session)
    assert page.count('class="answer-bar right"') == 1
    assert "Right</span>" in page


def test_a_timed_session_shows_its_bars_when_it_is_over_and_the_key_when_it_is_marked(s: Session, course, show):
    quiz = make_quiz(s, course, [single(), drawn()])
    session = make_session(s, quiz, phase=Phase.CLOSED)
    two_answers(s, session)
    assert "The quiz is over." in show(session)
    session.stage, session.current, session.stage_at = Stage.OPEN, 0, utcnow()
    page = show(session)
    assert page.count("answer-rail") >= 2
    assert "Right</span>" not in page
    session.stage, session.grace_seconds = Stage.REVEALED, 0.0
    assert "Right</span>" in show(session)
    session.current = 1
    assert "each student had other numbers" in show(session)


def test_nothing_of_a_timed_session_is_shown_while_somebody_writes(s: Session, course, show):
    session = make_session(s, make_quiz(s, course, [single()]))
    join(s, session)
    session.stage, session.current, session.stage_at = Stage.REVEALED, 0, utcnow()
    session.grace_seconds = 0.0
    page = show(session)
    assert "What does a kernel do?" not in page
    assert "answer-rail" not in page


def test_typed_numbers_are_shown_as_text(s: Session, course, show):
    session = make_session(s, make_quiz(s, course, [numeric()]), phase=Phase.CLOSED, grace_seconds=0.0)
    answer(s, join(s, session), 0, text="<b>1</b>")
    session.stage, session.current, session.stage_at = Stage.REVEALED, 0, utcnow()
    assert "&lt;b&gt;1" in show(session)


def test_the_parts_come_when_they_changed(teacher, s: Session, course):
    session = make_session(s, make_quiz(s, course, 2))
    s.commit()
    address = f"{ROOT}sessions/{session.id}/projector/live"
    first = teacher.get(address).json
    tags = "&".join(f"{name}={part['tag']}" for name, part in first["parts"].items())
    assert teacher.get(f"{address}?{tags}").json["parts"] == {}
    join(s, session)
    s.commit()
    assert set(teacher.get(f"{address}?{tags}").json["parts"]) == {"counts"}


def test_it_is_for_the_courses_lecturers(signed_in, visitor, s: Session, course, people):
    session = make_session(s, make_quiz(s, course, 1))
    s.commit()
    for path in ("projector/", "projector/live"):
        for name in ("ada", "stranger"):
            assert signed_in(name).get(f"{ROOT}sessions/{session.id}/{path}").status_code == 404
        assert visitor.get(f"{ROOT}sessions/{session.id}/{path}").status_code == 302
