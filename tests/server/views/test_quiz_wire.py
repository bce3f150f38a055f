"""What the script of a student's page asks and sends, and what nobody gets to see too early."""

from __future__ import annotations

import gzip
import json
import re
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import delete, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from server.database import CONNECTIONS
from server.models import Mode, Participant, QuizAnswer, QuizEvent, QuizSession, Stage, utcnow
from server.services.quizzes.clock import Phase
from server.views.quiz_device import HALL
from tests.server.quiz_parts import SECRETS, make_quiz, make_session, multiple, numeric, single, true_false
from tests.server.views.conftest import Visitor

HEADER = "X-Quiz-Device"


@pytest.fixture
def quiz(s: Session, course):
    return make_quiz(s, course, [single(), multiple(), true_false(), numeric()])


@pytest.fixture
def session(s: Session, quiz, people) -> QuizSession:
    made = make_session(s, quiz, shuffles_questions=False)
    s.commit()
    return made


class Device(Visitor):
    """A browser that has joined and talks to the server as the page's script does."""

    def __init__(self, app: Flask, session: QuizSession, number: str = "100001", **more) -> None:
        super().__init__(app)
        self.path = f"/q/{session.code}"
        fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', self.text(self.path)))
        self.client.post(f"{self.path}/join", data=fields | {"number": number} | more)
        self.page = self.text(self.path)
        self.token = re.search(r'data-device="([^"]+)"', self.page)[1]

    @property
    def headers(self) -> dict[str, str]:
        return {HEADER: self.token, "Accept": "application/json"}

    def state(self, seen: str = "") -> dict:
        return self.get(f"{self.path}/state?seen={seen}", headers=self.headers).json

    def paper(self):
        return self.get(f"{self.path}/paper", headers=self.headers)

    def send(self, headers: dict[str, str] | None = None, **changes):
        data = {"question": 1, "picked": [0], "text": "", "sequence": 1, "token": "token-0001"} | changes
        return self.client.post(f"{self.path}/answers", json=data, headers=headers or self.headers)


@pytest.fixture
def phone(app: Flask, session) -> Device:
    return Device(app, session)


def test_an_answer_is_acknowledged_with_the_servers_times(phone, s):
    response = phone.send()
    assert response.status_code == 200
    stored = s.scalars(select(QuizAnswer)).one()
    at = round(stored.answered_at.timestamp() * 1000)
    assert response.json == {"now": response.json["now"], "outcome": "saved", "sequence": 1, "at": at}
    assert 0 <= response.json["now"] - at < 5000


def test_the_same_answer_again_gets_the_same_acknowledgement(phone):
    first, again = phone.send().json, phone.send().json
    assert first | {"now": 0} == again | {"now": 0}


def test_an_older_answer_changes_nothing(phone, s):
    phone.send(sequence=5, picked=[1], token="token-0005")
    response = phone.send()
    assert (response.status_code, response.json["outcome"], response.json["sequence"]) == (200, "superseded", 5)
    paper = s.scalars(select(Participant)).one().paper
    assert s.scalars(select(QuizAnswer)).one().picked == [paper[0]["order"][1]]


def test_a_number_that_cannot_be_read_is_stored_and_said(phone, s):
    response = phone.send(question=4, picked=[], text="a lot")
    assert (response.status_code, response.json["outcome"]) == (200, "saved")
    assert "a lot" in response.json["note"]
    assert "note" not in phone.send(question=4, picked=[], text="1.5", sequence=2, token="token-0002").json


@pytest.mark.parametrize(
    ("columns", "outcome"),
    [
        ({"ended_at": -10}, "closed"),
        ({"paused_at": -10}, "paused"),
        ({"closes_at": -10}, "closed"),
        ({"opens_at": 60}, "waiting"),
    ],
)
def test_an_answer_out_of_time_is_refused_with_the_reason(phone, s, session, columns, outcome):
    for name, seconds in columns.items():
        setattr(session, name, utcnow() + timedelta(seconds=seconds))
    s.commit()
    response = phone.send()
    assert (response.status_code, response.json["outcome"]) == (409, outcome)
    assert s.scalars(select(QuizAnswer)).all() == []


def test_a_device_that_lost_its_place_is_told_and_stores_nothing(app, phone, s, session):
    laptop = Device(app, session, take_over="1")
    assert laptop.send().status_code == 200
    response = phone.send(sequence=9, token="token-0009")
    assert (response.status_code, response.json["outcome"]) == (409, "other_device")
    assert phone.paper().status_code == 409
    assert s.scalars(select(QuizAnswer)).one().sequence == 1


@pytest.mark.parametrize("data", [{"question": 99}, {"picked": [9]}, {"token": "x"}, {"sequence": -1}])
def test_what_is_no_answer_is_refused(phone, data):
    assert phone.send(**data).status_code == 422


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[" * 100_000, b"[" * 4000, b"\xff\xfe", json.dumps({"question": "x" * 5000}).encode()]
)
def test_a_body_that_is_no_json_or_too_long_is_refused(phone, body):
    response = phone.client.post(
        f"{phone.path}/answers", data=body, content_type="application/json", headers=phone.headers
    )
    assert response.status_code in (413, 422)


def test_an_answer_needs_the_header_and_the_cookie_is_not_enough(phone, s):
    assert phone.send(headers={"Accept": "application/json"}).status_code == 401
    for forged in ("", "rubbish", phone.token[:-2] + "xx"):
        assert phone.send(headers={HEADER: forged}).status_code == 401
    assert s.scalars(select(QuizAnswer)).all() == []


@pytest.mark.parametrize(
    "headers", [{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://evil.example"}]
)
def test_no_other_site_sends_answers(phone, s, headers):
    assert phone.send(headers=phone.headers | headers).status_code == 403
    assert s.scalars(select(QuizAnswer)).all() == []


def test_an_answer_is_json(phone):
    response = phone.client.post(f"{phone.path}/answers", data={"question": 1}, headers=phone.headers)
    assert response.status_code == 403


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "same-origin"}, {"Origin": "http://localhost"}])
def test_this_sites_own_pages_send_answers(phone, headers):
    assert phone.send(headers=phone.headers | headers).status_code == 200


def test_while_the_database_is_away_nothing_is_promised(app, phone, monkeypatch):
    hall = app.extensions[HALL]

    def away(_):
        raise OperationalError("INSERT", {}, Exception("the server closed the connection"))

    monkeypatch.setattr(hall, "save", away)
    response = phone.send()
    assert (response.status_code, "sent again" in response.json["error"]) == (503, True)
    monkeypatch.undo()
    assert phone.send().json["outcome"] == "saved"


def test_answers_of_many_students_at_once_are_all_there(app, s, quiz, people):
    session = make_session(s, quiz, roster_only=False, shuffles_questions=False)
    s.commit()
    devices = [Device(app, session, f"s{1000 + n}") for n in range(10)]
    sends = [(device, question) for device in devices for question in (1, 2, 3)]
    with ThreadPoolExecutor(15) as pool:
        answered = pool.map(lambda pair: pair[0].send(question=pair[1], token=f"token-{pair[1]:04}").json, sends)
        assert {each["outcome"] for each in answered} == {"saved"}
    assert len(s.scalars(select(QuizAnswer)).all()) == 30


def test_answers_are_stored_while_other_requests_hold_every_connection(app, phone):
    engine = app.extensions["stride"].engine
    with ExitStack() as others:
        for _ in range(CONNECTIONS):
            others.enter_context(engine.connect())
        assert phone.state()["phase"] == "open"
        assert phone.send().json["outcome"] == "saved"


# Where a student stands


def test_the_state_is_short_while_nothing_changes(phone):
    state = phone.state()
    assert (state["phase"], state["mode"], state["moved"], state["released"]) == ("open", "timed", False, False)
    assert set(phone.state(state["version"])) == {"now", "version"}


@pytest.mark.parametrize(
    ("mode", "columns", "seconds"),
    [
        (Mode.TIMED, {}, 10),
        (Mode.PACED, {}, 2),
        (Mode.TIMED, {"opens_at": None}, 3),
        (Mode.TIMED, {"opens_at": utcnow() + timedelta(hours=1), "closes_at": utcnow() + timedelta(hours=2)}, 10),
    ],
)
def test_a_page_asks_often_where_something_may_happen_any_moment(app, s, quiz, people, mode, columns, seconds):
    session = make_session(s, quiz, mode, **columns)
    s.commit()
    assert Device(app, session).state()["poll"] == seconds * 1000


def test_what_the_lecturer_does_reaches_the_state(app, phone, s, session):
    state = phone.state()
    participant = s.scalars(select(Participant)).one()
    participant.extra_seconds = 60
    s.commit()
    app.extensions[HALL].roll._kept.clear()
    fresh = phone.state(state["version"])
    assert fresh["closes_at"] - state["closes_at"] == 60_000
    session.paused_at = utcnow()
    s.commit()
    app.extensions[HALL].roll._kept.clear()
    paused = phone.state(fresh["version"])
    assert (paused["phase"], paused["paused"]) == ("paused", True)
    assert 0 < paused["left"] <= 361_000
    assert set(phone.state(paused["version"])) == {"now", "version"}, "the time that is left stands still"


def test_a_stranger_gets_the_sessions_times_alone(app, session):
    state = Visitor(app).get(f"/q/{session.code}/state").json
    assert (state["phase"], state["moved"]) == ("open", False)
    assert Visitor(app).get("/q/NOCODE/state").status_code == 404


def test_a_device_that_is_unknown_is_told(app, phone, s):
    s.execute(delete(QuizEvent))
    s.execute(delete(Participant))
    s.commit()
    app.extensions[HALL].roll._kept.clear()
    assert phone.get(f"{phone.path}/state", headers=phone.headers).status_code == 401
    assert phone.paper().status_code == 401
    assert phone.send().json["outcome"] == "unknown"


def test_the_paper_comes_with_what_was_answered(phone):
    phone.send(picked=[2], sequence=7)
    body = phone.paper().json
    assert body["highest"] == 7
    assert re.findall(r'name="q1" value="(\d)" (\w*)', body["html"]) == [("0", ""), ("1", ""), ("2", "checked")]


def test_the_paper_is_compressed_for_browsers_that_take_it(phone):
    packed = phone.get(f"{phone.path}/paper", headers=phone.headers | {"Accept-Encoding": "br, gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in packed.headers["Vary"]
    plain = phone.paper()
    assert json.loads(gzip.decompress(packed.data))["html"] == plain.json["html"]
    assert len(packed.data) < len(plain.data) / 2
    assert "Content-Encoding" not in plain.headers


def test_a_reload_shows_what_was_answered(phone):
    phone.send(picked=[2], sequence=7)
    page = phone.text(phone.path)
    assert 'data-highest="7"' in page
    assert re.search(r'name="q1" value="2" checked', page)


# What nobody sees too early


TEXTS = ("What does a kernel do?", "It moves.", "Padding", "A kernel has weights.", "How much is half of three?")


def everything(device: Device) -> list[str]:
    """Whatever a student's browser can ask for."""
    paths = ["", "?again=1", "/state", "/paper", "/result", "/results", "/practice", "/practice/all", "/practice/1"]
    found = [device.get(device.path + path, headers=headers).text for path in paths for headers in ({}, device.headers)]
    sent = [device.send(question=n, token=f"token-{n:04}", sequence=n).text for n in range(1, 6)]
    return [*found, *sent]


@pytest.mark.parametrize("mode", [Mode.TIMED, Mode.WINDOW, Mode.PACED])
def test_before_the_opening_there_is_no_question(app, s, quiz, people, mode):
    waiting = make_session(s, quiz, mode, Phase.WAITING)
    s.commit()
    for text in everything(Device(app, waiting)):
        for secret in (*TEXTS, *SECRETS):
            assert secret not in text


@pytest.mark.parametrize("phase", [Phase.PAUSED, Phase.CLOSED])
def test_while_paused_and_after_the_close_no_question_is_shown(app, s, session, phase):
    device = Device(app, session)
    if phase is Phase.PAUSED:
        session.paused_at = utcnow()
    else:
        session.ended_at = utcnow()
    s.commit()
    for text in everything(device):
        for secret in (*TEXTS, *SECRETS):
            assert secret not in text


def test_who_has_not_joined_sees_no_question(app, session):
    visitor = Visitor(app)
    for path in ("", "/state", "/paper", "?again=1"):
        text = visitor.get(f"/q/{session.code}{path}").text
        for secret in (*TEXTS, *SECRETS):
            assert secret not in text


def test_an_open_paper_says_neither_key_nor_reason(app, session):
    device = Device(app, session)
    texts = everything(device)
    assert sum(TEXTS[0] in text for text in texts) >= 2
    for text in texts:
        for secret in (*SECRETS, "is_right", "explanation", "misconception", "fraction"):
            assert secret not in text


def test_the_order_as_written_cannot_be_told_from_a_paper(app, s, course, people):
    """Options come with their place in the student's own order, and with nothing that follows the order as written."""
    session = make_session(s, make_quiz(s, course, [single()]), roster_only=False)
    s.commit()
    seen = set()
    for n in range(30):
        device = Device(app, session, f"s{1000 + n}")
        html = device.paper().json["html"]
        options = re.findall(r'<label class="sit-option[^"]*">.*?</label>', html, re.DOTALL)
        bare = [re.sub(r"It (rests|moves|leaves)\.", "TEXT", option) for option in options]
        own = [each.replace(f'value="{i}"', "").replace(f">{'ABC'[i]}<", "><") for i, each in enumerate(bare)]
        assert len(own) == 3
        assert len(set(own)) == 1
        seen.add(tuple(re.search(r"It (\w+)\.", option)[1] for option in options))
    assert len(seen) == 6


def test_a_paced_session_gives_the_question_on_show_and_its_key_after_the_reveal_alone(app, s, quiz, people):
    paced = make_session(s, quiz, Mode.PACED, shuffles_questions=False)
    s.commit()
    device = Device(app, paced)
    paced.current = 1
    for stage, since, shows in (
        (Stage.OPEN, 1, False),
        (Stage.REVEALED, 1, False),
        (Stage.REVEALED, 3, True),
    ):
        paced.stage, paced.stage_at = stage, utcnow() - timedelta(seconds=since)
        s.commit()
        app.extensions[HALL].roll._kept.clear()
        html = device.paper().json["html"]
        assert "Padding" in html
        assert "What does a kernel do?" not in html
        assert ('class="sit-option right"' in html) is shows
        assert device.state()["on_show"]["shows_key"] is shows
        assert not any(secret in html for secret in SECRETS)


def test_nobody_sees_what_others_answer(app, s, session, people):
    ada = Device(app, session)
    ada.send(question=4, picked=[], text="123456.75")
    grace = Device(app, session, "100002")
    for text in everything(grace):
        assert "123456.75" not in text
        assert "100001" not in text
    assert grace.state()["moved"] is False
