"""Every address that belongs to quizzes, visited as everybody who must not learn anything there before its time."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from server.models import Mode, Participant, Quiz, QuizEvent, QuizSession, utcnow
from server.services import accounts, courses
from server.services.quizzes.clock import Phase
from server.views.quiz_acts import ACTS
from tests.server.quiz_parts import SECRETS, answer, definitions, join, key_of, make_quiz, make_session, write_bank
from tests.server.views.conftest import PASSWORD, Visitor

NOT_YET = "notyet"
TYPED = "13.625"
POINTS = 3.4375
SCORE = "6.875"
"""What a participant reached in the session that is over: two questions right. It stands nowhere before the release."""


class For(Enum):
    """Whom an address is for: the course's lecturers, or whoever takes part or wants to."""

    LECTURERS = "lecturers"
    STUDENTS = "students"


L, S = For.LECTURERS, For.STUDENTS
KNOWN: Mapping[str, For] = {
    **dict.fromkeys(("quiz_bank.index", "quiz_bank.show", "quiz_bank.copy", "quiz_bank.new", "quiz_bank.create"), L),
    **dict.fromkeys(("quiz_bank.edit", "quiz_bank.change", "quiz_bank.delete", "quiz_bank.preview"), L),
    **dict.fromkeys(("quiz_exchange.import_form", "quiz_exchange.import_file"), L),
    **dict.fromkeys(("quiz_exchange.export_form", "quiz_exchange.export_file"), L),
    **dict.fromkeys(
        ("quiz_composer.create", "quiz_composer.show_quiz", "quiz_composer.rules", "quiz_composer.part"), L
    ),
    **dict.fromkeys(("quiz_composer.duplicate", "quiz_composer.delete", "quiz_composer.add_part"), L),
    **dict.fromkeys(("quiz_items.choose", "quiz_items.add", "quiz_items.peek", "quiz_composer.preview"), L),
    **dict.fromkeys(("quiz_items.item", "quiz_items.change_item"), L),
    **dict.fromkeys(("quiz_desk.index", "quiz_schedule.form", "quiz_schedule.create", "quiz_schedule.edit"), L),
    **dict.fromkeys(
        ("quiz_schedule.change", "quiz_desk.show", "quiz_desk.state", "quiz_desk.act", "quiz_desk.delete"), L
    ),
    **dict.fromkeys(("quiz_projector.show", "quiz_projector.state"), L),
    **dict.fromkeys(("quiz_results.index", "quiz_results.participant", "quiz_results.export"), L),
    **dict.fromkeys(("quiz_results.release", "quiz_results.withhold"), L),
    **dict.fromkeys(("quiz_decisions.index", "quiz_decisions.look", "quiz_decisions.apply"), L),
    **dict.fromkeys(("quiz_sitting.enter", "quiz_sitting.index", "quiz_sitting.join", "quiz_sitting.save"), S),
    **dict.fromkeys(("quiz_wire.state", "quiz_wire.paper", "quiz_wire.answers"), S),
    **dict.fromkeys(("quiz_practice.index", "quiz_practice.every", "quiz_practice.one"), S),
    "quiz_practice.answer": S,
    "quiz_own_result.index": S,
    "home.index": S,
}
AFTER_AN_ANSWER = {"quiz_practice.answer"}
"""Who answered a question to practise with is told at once what is right about it, and why."""


@dataclass
class Walk:
    """The sessions of a course in every state in which something is secret, and who visits."""

    app: Flask
    quiz: Quiz
    sessions: dict[str, QuizSession]
    grace: Participant
    visitors: dict[str, Visitor]


@pytest.fixture(scope="module")
def assignments_root(tmp_path_factory: pytest.TempPathFactory):
    root = tmp_path_factory.mktemp("bank-of-secrets")
    write_bank(root, definitions(5))
    return root


@pytest.fixture
def walk(app: Flask, s: Session, course, people) -> Walk:
    third = accounts.create_person(s, "100003")
    accounts.set_password(s, third, PASSWORD)
    courses.enrol(s, course, third, courses.EnrolmentRole.STUDENT)
    quiz = make_quiz(s, course, 5, title="An exam")
    for item in quiz.parts[0].items:
        item.points = POINTS
    hidden = make_quiz(s, course, [each | {"id": NOT_YET, "title": NOT_YET} for each in definitions(1)], title="Hidden")
    hidden.parts[0].items[0].definition |= {"stem": f"What is {NOT_YET}?"}
    sessions = {
        "running": make_session(s, quiz),
        "paused": make_session(s, quiz, phase=Phase.PAUSED),
        "window": make_session(s, quiz, Mode.WINDOW),
        "paced": make_session(s, quiz, Mode.PACED),
        "over": make_session(s, quiz, phase=Phase.CLOSED),
        "practice": make_session(s, quiz, Mode.PRACTICE),
        "coming": make_session(s, hidden, phase=Phase.WAITING),
    }
    s.flush()
    for name in ("running", "paused", "window", "paced", "over"):
        sit(s, sessions[name], people)
    grace = s.scalar(select(Participant).where(Participant.number == "100002"))
    s.commit()
    return Walk(app, quiz, sessions, grace, _visitors(app, sessions))


def sit(s: Session, session: QuizSession, people) -> None:
    """Ada has two questions right, Grace typed a number that nobody else would."""
    ada = join(s, session, "100001", people["ada"], device=device(session))
    grace = join(s, session, "100002", people["grace"])
    for position in (0, 1):
        right = key_of(ada, position)
        answer(s, ada, position, right.picked, right.text)
    number = next(place for place, entry in enumerate(grace.paper) if entry["kind"] == "numeric")
    answer(s, grace, number, text=TYPED)


def device(session: QuizSession) -> str:
    return f"adas-own-device-{session.code}"


def _visitors(app: Flask, sessions: Mapping[str, QuizSession]) -> dict[str, Visitor]:
    """Nobody, another course's lecturer, a student who did not join, and one who did, by account and by device."""
    visitors = {name: Visitor(app) for name in ("nobody", "other lecturer", "student", "participant", "device")}
    for name, number in (("other lecturer", "stranger"), ("student", "100003"), ("participant", "100001")):
        assert visitors[name].sign_in(number).status_code == 302
    for name, session in sessions.items():
        if name in ("running", "paused", "window", "paced"):
            entering = {"number": "100001", "device": device(session)}
            joined = visitors["device"].post(f"/q/{session.code}/join", entering, page=f"/q/{session.code}")
            assert joined.status_code == 303, name
    return visitors


def rules_of_quizzes(app: Flask) -> Iterator[Rule]:
    for rule in app.url_map.iter_rules():
        named = f"{rule.endpoint} {rule.rule}"
        if rule.endpoint in KNOWN or rule.rule.startswith("/q") or re.search("quiz|question", named):
            yield rule


def test_every_address_of_the_quizzes_is_walked(app: Flask):
    found = {rule.endpoint for rule in rules_of_quizzes(app)}
    assert found == set(KNOWN), "say in KNOWN whom a new address is for"


def addresses(walk: Walk, rule: Rule, session: QuizSession) -> list[str]:
    """The rule's addresses for a session; for a rule that does anything, one for each thing that it does."""
    values: dict[str, Any] = {
        "slug": "cnn-2026",
        "quiz_id": walk.quiz.id,
        "part_id": walk.quiz.parts[0].id,
        "item_id": session.items[0].id if "session_id" in rule.arguments else walk.quiz.parts[0].items[0].id,
        "session_id": session.id,
        "participant_id": walk.grace.id,
        "code": session.code,
        "folder": "04-conv-forward",
        "name": "q1",
        "number": 1,
    }
    everything = [values | {"do": do} for do in ACTS] if "do" in rule.arguments else [values]
    adapter = walk.app.url_map.bind("localhost")
    wanted = [{name: each[name] for name in rule.arguments} for each in everything]
    return [adapter.build(rule.endpoint, each, method=min(rule.methods - {"HEAD", "OPTIONS"})) for each in wanted]


def visits(walk: Walk, whom: For) -> Iterator[tuple[str, str, str, str]]:
    """Who goes where: visitor, session, method and address."""
    for rule in rules_of_quizzes(walk.app):
        if KNOWN[rule.endpoint] is not whom or rule.endpoint in AFTER_AN_ANSWER:
            continue
        for name, session in walk.sessions.items():
            for address in addresses(walk, rule, session):
                for method in sorted(rule.methods & {"GET", "POST"}):
                    for visitor in walk.visitors:
                        yield visitor, name, method, address


def visit(visitor: Visitor, method: str, address: str) -> TestResponse:
    if method == "GET":
        return visitor.get(address, headers={"Accept": "application/json, text/html"})
    if address.endswith("/answers"):
        page = visitor.get(address.removesuffix("/answers")).text
        token = re.search(r'data-device="([^"]+)"', page)
        headers = {"Origin": "http://localhost", "X-Quiz-Device": token.group(1) if token else ""}
        change = {"question": 1, "picked": [0], "sequence": 5, "token": "a-token-of-its-own"}
        return visitor.client.post(address, json=change, headers=headers)
    form = {"number": "999999", "title": "x", "minutes": "5", "origin": "04-conv-forward/q1", "decision": "full_marks"}
    return visitor.post(address, form, buffered=True)


def test_nobody_but_the_courses_lecturers_gets_anywhere(walk: Walk, s: Session):
    before = stands(s)
    for visitor, name, method, address in visits(walk, For.LECTURERS):
        response = visit(walk.visitors[visitor], method, address)
        allowed = {302, 401} if visitor in ("nobody", "device") else {404}
        assert response.status_code in allowed, (visitor, name, method, address, response.status_code)
        assert leaks(response.text, visitor) == [], (visitor, name, method, address)
    assert stands(s) == before, "a visit changed something"


def test_students_learn_nothing_before_its_time(walk: Walk):
    shown: dict[str, set[str]] = {visitor: set() for visitor in walk.visitors}
    for visitor, name, method, address in visits(walk, For.STUDENTS):
        response = visit(walk.visitors[visitor], method, address)
        assert response.status_code < 500, (visitor, name, method, address)
        assert leaks(response.text, visitor) == [], (visitor, name, method, address)
        if "sit-options" in response.text:
            shown[visitor].add(name)
        if visitor == "device" and name == "running" and address.endswith("/answers"):
            assert response.json["outcome"] == "saved"
    practised = {"student": {"practice"}, "participant": {"practice"}}
    joined = {"device": {"running", "window", "paced"}}
    found = {visitor: names for visitor, names in shown.items() if names}
    assert found == practised | joined, "who was shown questions"


def leaks(text: str, visitor: str) -> list[str]:
    """What a visitor must not read, as far as it stands in a text."""
    others = ["100002"] if visitor in ("participant", "device") else ["100001", "100002"]
    secret = [*SECRETS, NOT_YET, TYPED, SCORE, *others, '"key"', "is_right", "sit-option right"]
    found = [word for word in secret if word in text]
    return found + [f"an option unlike the others: {each}" for each in unlike_options(text)]


def unlike_options(text: str) -> list[str]:
    """Options whose markup tells them from the others of their question, but for their place, text and the choice."""
    text = text.replace('\\"', '"').replace("\\n", "\n")
    strange = []
    for group in re.findall(r'<div class="sit-options".*?</div>', text, re.DOTALL):
        options = re.findall(r"<label.*?</label>", group, re.DOTALL)
        places = [re.search(r'value="(\d+)"', option).group(1) for option in options]
        if places != [str(place) for place in range(len(options))]:
            strange.append(f"places {places}")
        bare = {re.sub(r'value="\d+"|checked|<span class="sit-.*', "", option, flags=re.DOTALL) for option in options}
        strange += [] if len({" ".join(each.split()) for each in bare}) == 1 else sorted(bare)
    return strange


def stands(s: Session) -> tuple[Any, ...]:
    """Everything that a lecturer could change."""
    s.expire_all()
    times = [
        (each.title, each.opens_at, each.closes_at, each.paused_at, each.ended_at, each.results_released_at, each.stage)
        for each in s.scalars(select(QuizSession).order_by(QuizSession.id))
    ]
    extra = list(s.scalars(select(Participant.extra_seconds).order_by(Participant.id)))
    quizzes = [(each.title, [len(part.items) for part in each.parts]) for each in s.scalars(select(Quiz))]
    acts = s.scalar(select(func.count(QuizEvent.id)).where(QuizEvent.person_id.is_not(None)))
    return times, extra, quizzes, acts


def test_the_question_on_show_of_a_paced_session_is_the_only_one(walk: Walk):
    """And the next one does not come with it."""
    session = walk.sessions["paced"]
    shown = walk.visitors["device"].get(f"/q/{session.code}/paper").text
    assert sum(f"(q{number})" in shown for number in range(1, 6)) == 1


@pytest.mark.parametrize("word", [*SECRETS, "sit-option right", TYPED, "100002"])
def test_the_walk_would_notice(word):
    assert leaks(f"<p>{word}</p>", "participant")


def test_an_option_that_stands_out_would_be_noticed():
    def options(*classes: str) -> str:
        labels = (
            f'<label class="{each}"><input value="{place}"><span class="sit-text">A</span></label>'
            for place, each in enumerate(classes)
        )
        return f'<div class="sit-options">{"".join(labels)}</div>'

    assert unlike_options(options("o", "o", "o")) == []
    assert unlike_options(options("o", "o x", "o"))


def test_after_the_release_a_participant_reads_the_reasons_and_lecturers_always_do(
    walk: Walk, s: Session, teacher: Visitor, signed_in: Callable[[str], Visitor]
):
    """What is secret above is there to be found: the walk does not look in the wrong place."""
    over = walk.sessions["over"]
    results = f"/courses/cnn-2026/quizzes/sessions/{over.id}/results/"
    assert "100002" in teacher.text(results)
    assert TYPED in teacher.text(f"{results}participants/{_grace_in(s, over)}")
    s.get(QuizSession, over.id).results_released_at = utcnow()
    s.commit()
    own = signed_in("ada").text(f"/q/{over.code}/result")
    assert all(word in own for word in SECRETS)
    assert "100002" not in own
    assert TYPED not in own


def _grace_in(s: Session, session: QuizSession) -> int:
    return s.scalar(select(Participant.id).where(Participant.session_id == session.id, Participant.number == "100002"))
