"""Practising on the pages: fresh numbers, feedback at once, nothing scored."""

from __future__ import annotations

import re
from html import unescape

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from server.models import Mode, PracticeAnswer
from server.services.quizzes.clock import Phase
from tests.server.quiz_parts import SECRETS, drawn, make_quiz, make_session, multiple, numeric, single


@pytest.fixture
def session(s: Session, course, people):
    quiz = make_quiz(s, course, [drawn(), single(), multiple(), numeric()])
    made = make_session(s, quiz, Mode.PRACTICE, roster_only=False)
    s.commit()
    return made


@pytest.fixture
def path(session) -> str:
    return f"/q/{session.code}/practice"


def words(page: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


def fields(page: str, **more) -> dict:
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page)) | more


def test_the_code_leads_to_practice(visitor, session, path):
    assert visitor.get(f"/q/{session.code}").location == path
    page = words(visitor.text(path))
    assert "Nothing is scored" in page
    assert "About multiple" in page


def test_each_page_has_fresh_numbers_and_no_key(visitor, path):
    pages = [visitor.text(f"{path}/1") for _ in range(12)]
    assert len({words(page) for page in pages}) > 6
    for page in [*pages, visitor.text(f"{path}/all"), visitor.text(path)]:
        assert not any(secret in page for secret in SECRETS)


def test_an_answer_is_explained_at_once(visitor, s, path):
    page = visitor.text(f"{path}/2")
    (right,) = re.findall(r'value="(\d)" >(?:(?!</label>).)*It moves', page, re.DOTALL)
    response = visitor.client.post(f"{path}/2", data=fields(page, picked=right))
    told = words(response.text)
    assert response.status_code == 200
    assert "Question 2 About single Right What does a kernel do?" in told
    assert "Right, for a secret reason." in told
    assert "The secret explanation." in told
    (kept,) = s.scalars(select(PracticeAnswer))
    assert (kept.picked, kept.fraction, kept.person_id) == ([1], 1.0, None)


def test_a_wrong_answer_says_why_and_what_is_right(visitor, path):
    page = visitor.text(f"{path}/4")
    told = words(visitor.client.post(f"{path}/4", data=fields(page, text="3")).text)
    assert "Not right" in told
    assert "Your number: 3 . Right: 1.5 ± 0.25 ." in told
    assert "A misconception, for a secret reason." in told


def test_half_a_set_is_partly_right(visitor, path):
    page = visitor.text(f"{path}/3")
    (one,) = re.findall(r'value="(\d)" >(?:(?!</label>).)*Stride', page, re.DOTALL)
    assert "Partly right" in words(visitor.client.post(f"{path}/3", data=fields(page, picked=one)).text)


def test_the_numbers_that_were_asked_are_those_that_are_judged(visitor, path):
    for _ in range(5):
        page = visitor.text(f"{path}/1")
        a, b = map(int, re.search(r"<mn>(\d+)</mn>.*?<mn>(\d+)</mn>", page).groups())
        (right,) = re.findall(rf'value="(\d)" >(?:(?!</label>).)*>{a + b}<', page, re.DOTALL)
        assert "Right What is" in words(visitor.client.post(f"{path}/1", data=fields(page, picked=right)).text)


def test_no_answer_keeps_the_question_and_counts_nothing(visitor, s, path):
    page = visitor.text(f"{path}/4")
    response = visitor.client.post(f"{path}/4", data=fields(page, text="a lot"))
    assert response.status_code == 422
    assert 'value="a lot"' in response.text
    assert fields(response.text)["token"] == fields(page)["token"]
    assert s.scalars(select(PracticeAnswer)).all() == []


def test_a_token_of_another_question_is_no_token(visitor, s, path):
    token = fields(visitor.text(f"{path}/1"))["token"]
    page = visitor.text(f"{path}/2")
    for forged in (token, "rubbish", ""):
        response = visitor.client.post(f"{path}/2", data=fields(page, token=forged, picked="0"))
        assert response.status_code == 303
    assert s.scalars(select(PracticeAnswer)).all() == []


def test_the_script_gets_the_question_alone(visitor, path):
    response = visitor.get(f"{path}/1", headers={"X-Fragment": "1"})
    assert response.text.lstrip().startswith("<article")
    assert "<html" not in response.text


def test_who_is_signed_in_sees_their_own_tries(ada, teacher, path, s, people):
    page = ada.text(f"{path}/4")
    ada.client.post(f"{path}/4", data=fields(page, text="1.5"))
    assert "1 of 1 right" in words(ada.text(path))
    assert "of 1 right" not in words(teacher.text(path))
    assert s.scalars(select(PracticeAnswer)).one().person_id == people["ada"].id


def test_the_roster_counts_where_it_should(visitor, ada, signed_in, s, session, path):
    session.roster_only = True
    s.commit()
    assert "Sign in to begin" in words(visitor.text(path))
    assert "your account is not among them" in words(signed_in("stranger").text(path))
    for closed in (visitor, signed_in("stranger")):
        for page in ("1", "all"):
            assert closed.get(f"{path}/{page}").location == path
        assert closed.post(f"{path}/1").location == path
    assert ada.get(f"{path}/1").status_code == 200


@pytest.mark.parametrize(("phase", "told"), [(Phase.WAITING, "It opens"), (Phase.CLOSED, "This practice is over.")])
def test_practice_has_its_times(visitor, s, course, phase, told):
    made = make_session(s, make_quiz(s, course, [single()]), Mode.PRACTICE, phase, roster_only=False)
    s.commit()
    assert told in words(visitor.text(f"/q/{made.code}/practice"))
    assert visitor.get(f"/q/{made.code}/practice/1").status_code == 303


def test_other_sessions_are_not_practised(visitor, s, course):
    made = make_session(s, make_quiz(s, course, [single()]))
    s.commit()
    for page in ("", "/all", "/1"):
        assert visitor.get(f"/q/{made.code}/practice{page}").status_code == 404


@pytest.mark.parametrize("number", ["0", "5", "99"])
def test_there_is_no_such_question(visitor, path, number):
    assert visitor.get(f"{path}/{number}").status_code == 404
