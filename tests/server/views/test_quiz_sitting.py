"""A student's pages of a quiz, without scripts: code, number, lobby, questions as one form, the close."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from server.models import Mode, Participant, QuizAnswer, QuizSession, Stage, utcnow
from server.services.quizzes.clock import Phase
from tests.server.quiz_parts import answer, make_quiz, make_session, multiple, numeric, single, true_false
from tests.server.views.conftest import Visitor


@pytest.fixture
def quiz(s: Session, course):
    return make_quiz(s, course, [single(), multiple(), true_false(), numeric()])


@pytest.fixture
def session(s: Session, quiz, people) -> QuizSession:
    made = make_session(s, quiz, shuffles_questions=False)
    s.commit()
    return made


def form(page: str) -> dict[str, str]:
    """The hidden fields of a page's first form."""
    return dict(re.findall(r'<input type="hidden" name="([\w-]+)" value="([^"]*)"', page))


def join(visitor: Visitor, session: QuizSession, number: str = "100001", **more):
    page = visitor.text(f"/q/{session.code}")
    return visitor.client.post(f"/q/{session.code}/join", data=form(page) | {"number": number} | more)


@pytest.fixture
def phone(app: Flask, session) -> Visitor:
    """A device that Ada joined with."""
    visitor = Visitor(app)
    assert join(visitor, session).status_code == 303
    return visitor


def words(page: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


def answers(s: Session) -> dict[str, tuple[list[int], str]]:
    """What is stored, by the question's name."""
    s.expire_all()
    ada = s.scalars(select(Participant)).one()
    names = {item.id: item.definition["id"] for item in ada.session.items}
    return {names[each.item_id]: (each.picked, each.text) for each in s.scalars(select(QuizAnswer))}


@pytest.mark.parametrize("typed", ["{code}", " {lower} ", "{spaced}"])
def test_the_code_leads_to_the_session(visitor, s, session, typed):
    session.code = code = "ACE346"
    s.commit()
    typed = typed.format(code=code, lower=code.lower(), spaced=f"{code[:3]} {code[3:]}")
    response = visitor.get("/q/", query_string={"code": typed})
    assert (response.status_code, response.location) == (302, f"/q/{code}")
    assert visitor.get(f"/q/{code.lower()}").location == f"/q/{code}"


def test_a_wrong_code_keeps_what_was_typed(visitor, session):
    response = visitor.get("/q/?code=NOSUCH")
    assert response.status_code == 422
    assert 'value="NOSUCH"' in response.text
    assert "Compare it with the one on the projector" in response.text
    assert visitor.get("/q/NOSUCH").status_code == 404


def test_the_way_in_says_what_matters_and_asks_for_a_number_alone(visitor, session):
    page = words(visitor.text(f"/q/{session.code}"))
    for text in ("Open book", "Student number", "no name is asked for", "Who comes late has less time", "It has begun"):
        assert text in page


def test_a_refused_number_is_kept_and_says_why(app, session):
    visitor = Visitor(app)
    response = join(visitor, session, "999999")
    assert response.status_code == 422
    assert 'value="999999"' in response.text
    assert "not on the course&#39;s roster" in response.text


def test_a_double_click_on_join_joins_once(app, s, session):
    visitor = Visitor(app)
    data = form(visitor.text(f"/q/{session.code}")) | {"number": "100001"}
    for _ in range(3):
        assert visitor.client.post(f"/q/{session.code}/join", data=data).status_code == 303
    assert s.scalars(select(Participant)).one().takeovers == 0


def test_the_cookie_is_for_this_session_and_no_script(app, session):
    cookie = join(Visitor(app), session).headers["Set-Cookie"]
    for part in ("HttpOnly", f"Path=/q/{session.code};", "SameSite=Lax"):
        assert part in cookie


def test_a_second_device_is_asked_first_and_the_first_can_only_look_on(app, s, session, phone):
    laptop = Visitor(app)
    asked = join(laptop, session)
    assert asked.status_code == 409
    assert "100001 is in this quiz already, on another device." in words(asked.text)
    taken = laptop.client.post(f"/q/{session.code}/join", data=form(asked.text) | {"take_over": "1"})
    assert taken.status_code == 303
    assert "Question 1" in laptop.text(f"/q/{session.code}")
    page = phone.text(f"/q/{session.code}")
    assert "100001 answers on another device now" in words(page)
    assert "What does a kernel do?" not in page
    assert s.scalars(select(Participant)).one().takeovers == 1


def test_the_first_device_can_take_it_back(app, s, session, phone):
    laptop = Visitor(app)
    laptop.client.post(f"/q/{session.code}/join", data=form(join(laptop, session).text) | {"take_over": "1"})
    page = phone.text(f"/q/{session.code}")
    back = form(page[page.index('data-panel="moved"') :])
    response = phone.client.post(f"/q/{session.code}/join", data={**back, "take_over": "1", "number": "100001"})
    assert response.status_code == 303
    assert "Question 1" in phone.text(f"/q/{session.code}")
    assert s.scalars(select(Participant)).one().takeovers == 2


def test_who_is_signed_in_types_no_number(ada, s, session, people):
    page = ada.text(f"/q/{session.code}")
    assert "Join as 100001" in words(page)
    assert 'id="number"' not in page
    assert ada.client.post(f"/q/{session.code}/join", data=form(page)).status_code == 303
    assert s.scalars(select(Participant)).one().person_id == people["ada"].id


def test_no_name_is_shown_anywhere(ada, app, s, session):
    page = ada.text(f"/q/{session.code}")
    ada.client.post(f"/q/{session.code}/join", data=form(page))
    for text in (page, ada.text(f"/q/{session.code}"), ada.text(f"/q/{session.code}?again=1")):
        assert "Ada" not in text


def test_a_mistyped_number_can_be_left(phone, session, s):
    page = phone.text(f"/q/{session.code}?again=1")
    response = phone.client.post(f"/q/{session.code}/join", data=form(page) | {"number": "100002"})
    assert response.status_code == 303
    assert "100002" in phone.text(f"/q/{session.code}")


def test_everything_is_saved_by_one_form(phone, s, session):
    path = f"/q/{session.code}"
    page = phone.text(path)
    data = form(page[page.index('id="paper"') :])
    filled = data | {"q1": "0", "q2": ["1", "2"], "q3": "0", "q4-text": " 1,5 ", "at": "2"}
    response = phone.client.post(f"{path}/save", data=filled)
    assert (response.status_code, response.location) == (303, f"{path}#question-2")
    paper = s.scalars(select(Participant)).one().paper
    assert answers(s) == {
        "single": ([paper[0]["order"][0]], ""),
        "multiple": (sorted(paper[1]["order"][index] for index in (1, 2)), ""),
        "true-false": ([0], ""),
        "numeric": ([], "1,5"),
    }
    again = phone.text(path)
    assert "Saved: 4 answers." in words(again)
    assert len(re.findall(r"\bchecked\b", again)) == 4
    assert 'value="1,5"' in again


def test_saving_again_stores_what_changed_alone(phone, s, session):
    path = f"/q/{session.code}"
    page = phone.text(path)
    data = form(page[page.index('id="paper"') :])
    phone.client.post(f"{path}/save", data=data | {"q1": "0", "q4-text": "1"})
    before = {each.item_id: each.token for each in s.scalars(select(QuizAnswer))}
    phone.client.post(f"{path}/save", data=data | {"q1": "0", "q4-text": "2"})
    s.expire_all()
    after = {each.item_id: each.token for each in s.scalars(select(QuizAnswer))}
    assert len(before) == len(after) == 2
    assert sum(before[item] != after[item] for item in before) == 1
    assert answers(s)["numeric"] == ([], "2")
    phone.client.post(f"{path}/save", data=data | {"q4-text": "2"})
    assert answers(s)["single"] == ([], ""), "a choice can be taken back"


def test_a_form_that_comes_too_late_says_so_and_loses_nothing(phone, s, session):
    path = f"/q/{session.code}"
    page = phone.text(path)
    data = form(page[page.index('id="paper"') :])
    phone.client.post(f"{path}/save", data=data | {"q1": "0"})
    session.ended_at = utcnow() - timedelta(seconds=10)
    s.commit()
    phone.client.post(f"{path}/save", data=data | {"q1": "1", "q3": "0"})
    page = words(phone.text(path))
    assert "The time was over: these changes were not saved." in page
    assert "1 of 4 questions are answered, and every answer is saved." in page
    assert list(answers(s)) == ["single"]


def test_the_lobby_reloads_by_itself_without_scripts(app, s, quiz, people):
    waiting = make_session(s, quiz, phase=Phase.WAITING)
    s.commit()
    visitor = Visitor(app)
    assert "It begins in" in words(visitor.text(f"/q/{waiting.code}"))
    join(visitor, waiting)
    page = visitor.text(f"/q/{waiting.code}")
    assert '<meta http-equiv="refresh"' in page
    assert "You are in. It opens by itself." in words(page)


def test_late_joiners_are_told_what_time_they_have(app, s, quiz, people):
    session = make_session(s, quiz)
    s.commit()
    visitor = Visitor(app)
    join(visitor, session)
    assert re.search(r"You joined 5:0\d after the start", words(visitor.text(f"/q/{session.code}")))


def test_extra_time_is_told(phone, s, session):
    s.scalars(select(Participant)).one().extra_seconds = 150
    s.commit()
    page = words(phone.text(f"/q/{session.code}"))
    assert "You have 2:30 more time than the others." in page
    assert re.search(r"\b7:\d\d\b", page)


def test_a_pause_covers_the_questions(phone, s, session):
    session.paused_at = utcnow()
    s.commit()
    page = phone.text(f"/q/{session.code}")
    assert "Your time stands still" in page
    assert "What does a kernel do?" not in page


def test_a_quiz_that_is_over_cannot_be_joined(visitor, s, quiz, people):
    closed = make_session(s, quiz, phase=Phase.CLOSED)
    s.commit()
    assert "This quiz is over" in words(visitor.text(f"/q/{closed.code}"))


def test_a_paced_session_shows_one_question_without_scripts(app, s, quiz, people):
    paced = make_session(s, quiz, Mode.PACED, shuffles_questions=False)
    s.commit()
    visitor = Visitor(app)
    join(visitor, paced)
    page = visitor.text(f"/q/{paced.code}")
    assert re.findall(r"<h2 id=\"title-\d\">([^<]+)</h2>", page) == ["Question 1"]
    data = form(page[page.index('id="paper"') :])
    visitor.client.post(f"/q/{paced.code}/save", data=data | {"q1": "1"})
    assert list(answers(s)) == ["single"]


def test_a_reveal_shows_the_right_answer_and_how_many_chose_it(app, s, quiz, people):
    paced = make_session(s, quiz, Mode.PACED, shuffles_questions=False)
    s.commit()
    visitor = Visitor(app)
    join(visitor, paced)
    participant = s.scalars(select(Participant)).one()
    answer(s, participant, 0, (1,))
    paced.stage, paced.stage_at = Stage.REVEALED, utcnow() - timedelta(seconds=1)
    s.commit()
    assert "Right" not in words(visitor.text(f"/q/{paced.code}")), "not while answers are accepted"
    paced.stage_at = utcnow() - timedelta(seconds=3)
    s.commit()
    page = visitor.text(f"/q/{paced.code}")
    (right,) = re.findall(r'<label class="sit-option right">.*?</label>', page, re.DOTALL)
    assert "It moves." in words(right)
    assert "1 of 1" in words(right)
    assert "secret" not in page


def test_a_token_that_was_changed_is_no_token(phone, session):
    for changed in ("rubbish", "", "WyJBQUFBQUEiLDEsIngiXQ.AAAA"):
        phone.client.set_cookie("stride_quiz", changed, path=f"/q/{session.code}")
        assert 'id="join"' in phone.text(f"/q/{session.code}")


def test_a_device_of_one_session_is_none_in_another(phone, s, quiz, session):
    other = make_session(s, quiz)
    s.commit()
    cookie = phone.client.get_cookie("stride_quiz", path=f"/q/{session.code}")
    phone.client.set_cookie("stride_quiz", cookie.value, path=f"/q/{other.code}")
    assert 'id="join"' in phone.text(f"/q/{other.code}")


def test_the_secret_outlives_the_process(make_app, s, session):
    visitor = Visitor(make_app())
    join(visitor, session)
    restarted = Visitor(make_app())
    cookie = visitor.client.get_cookie("stride_quiz", path=f"/q/{session.code}")
    restarted.client.set_cookie("stride_quiz", cookie.value, path=f"/q/{session.code}")
    assert "Question 1" in restarted.text(f"/q/{session.code}")


def test_forms_need_their_token(phone, session):
    for path in ("join", "save"):
        assert phone.client.post(f"/q/{session.code}/{path}", data={"number": "100001"}).status_code == 400
