"""Scheduling and running a session in the pages."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from server.models import Mode, Quiz, QuizSession, Stage, utcnow
from server.services.quizzes import sessions
from server.services.quizzes.clock import Phase
from tests.server.quiz_parts import answer, join, make_quiz, make_session

ROOT = "/courses/cnn-2026/quizzes/"


@pytest.fixture
def quiz(s: Session, course, people) -> Quiz:
    quiz = make_quiz(s, course, 5, title="Week 3")
    s.commit()
    return quiz


@pytest.fixture
def make(s: Session, quiz):
    """Sessions of the quiz, committed."""

    def make(*arguments, **columns) -> QuizSession:
        session = make_session(s, quiz, *arguments, **columns)
        s.commit()
        return session

    return make


def next_year(month: int, day: int) -> date:
    """A day of the coming year: sessions lie ahead."""
    today = utcnow().date()
    found = date(today.year, month, day)
    return found if found > today else date(today.year + 1, month, day)


def last_sunday(month: int) -> date:
    """Of this or the next year's March or October: when the clocks of Europe change."""
    year = next_year(month, 24).year
    day = date(year, month, 31)
    return day - timedelta(days=(day.weekday() + 1) % 7)


def fields(**changes) -> dict[str, str]:
    return {
        "title": "Quiz of week 3",
        "mode": "timed",
        "date": next_year(6, 9).isoformat(),
        "time": "09:00",
        "zone": "Europe/Berlin",
        "minutes": "10",
        "grace_seconds": "2",
        "numbers": "each",
        "roster_only": "y",
        "shuffles_questions": "y",
        "after": "0",
    } | changes


def do(teacher, session: QuizSession, act: str, **data):
    address = f"{ROOT}sessions/{session.id}/"
    return teacher.post(f"{address}{act}", data, page=ROOT, follow_redirects=True)


def only_session(s: Session) -> QuizSession:
    s.expire_all()
    return s.scalars(select(QuizSession)).one()


def test_tuesday_nine_oclock_ten_minutes(teacher, s: Session, quiz):
    response = teacher.post(f"{ROOT}{quiz.id}/schedule", fields(), page=ROOT, follow_redirects=True)
    session = only_session(s)
    day = next_year(6, 9)
    assert session.opens_at == datetime(day.year, 6, 9, 7, tzinfo=UTC)
    assert session.closes_at - session.opens_at == timedelta(minutes=10)
    assert (session.mode, session.roster_only, session.shuffles_options) == (Mode.TIMED, True, False)
    assert f"Students join with the code {session.code}" in response.text


def test_a_form_that_is_sent_twice_makes_one_session(teacher, s: Session, quiz):
    for _ in range(2):
        teacher.post(f"{ROOT}{quiz.id}/schedule", fields(), page=ROOT)
    only_session(s)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"title": ""}, "needs a title"),
        ({"mode": "never"}, "Not a valid choice"),
        ({"date": "soon"}, "Not a valid date"),
        ({"time": ""}, "Enter the time as well"),
        ({"date": ""}, "Enter the date as well"),
        ({"minutes": "-1"}, "between a few seconds and a day"),
        ({"minutes": ""}, "would close before it opens"),
        ({"zone": "Mars/Olympus"}, "Not a valid choice"),
        ({"grace_seconds": "99"}, "Between 0 and 30"),
        ({"date": "2020-01-07"}, "more than a year away|is over already"),
        ({"mode": "window"}, "time when it closes"),
        ({"date": last_sunday(3).isoformat(), "time": "02:30"}, "02:30 does not exist"),
        ({"date": last_sunday(10).isoformat(), "time": "02:30"}, "02:30 comes twice"),
    ],
)
def test_what_cannot_be_scheduled_is_explained_and_kept(teacher, s: Session, quiz, changes, words):
    response = teacher.post(f"{ROOT}{quiz.id}/schedule", fields(**changes), page=ROOT)
    assert response.status_code == 422
    assert re.search(words, response.text), words
    if "title" not in changes:
        assert 'value="Quiz of week 3"' in response.text
    assert s.scalars(select(QuizSession)).all() == []


def test_a_window_and_a_paced_session_and_a_practice(teacher, s: Session, quiz):
    day = next_year(6, 9)
    close = {"close_date": day.isoformat(), "close_time": "18:00"}
    teacher.post(f"{ROOT}{quiz.id}/schedule", fields(mode="window", **close), page=ROOT)
    teacher.post(f"{ROOT}{quiz.id}/schedule", fields(mode="paced", date="", time="", question_seconds="60"), page=ROOT)
    teacher.post(f"{ROOT}{quiz.id}/schedule", fields(mode="practice", date="", time=""), page=ROOT)
    window, paced, practice = s.scalars(select(QuizSession).order_by(QuizSession.id))
    assert (window.closes_at - window.opens_at, window.limit_seconds) == (timedelta(hours=9), 600)
    assert (paced.opens_at, paced.closes_at, paced.limit_seconds) == (None, None, 60)
    assert (practice.opens_at, practice.closes_at, practice.limit_seconds) == (None, None, None)


def test_a_session_is_changed_before_it_opens(teacher, s: Session, make):
    session = make(phase=Phase.WAITING, limit_seconds=600)
    page = teacher.text(f"{ROOT}sessions/{session.id}/edit")
    assert f'value="{session.opens_at:%H:%M}"' in page
    assert 'data-times="utc"' in page
    teacher.post(f"{ROOT}sessions/{session.id}/edit", fields(title="Another"), page=ROOT)
    assert only_session(s).title == "Another"
    running = make()
    refused = teacher.post(f"{ROOT}sessions/{running.id}/edit", fields(), page=ROOT)
    assert refused.status_code == 422
    assert "opened already" in refused.text


def test_the_list_has_each_session_where_it_stands(teacher, make):
    make(title="It runs")
    make(phase=Phase.WAITING, title="It comes")
    make(phase=Phase.CLOSED, title="It was", released=True)
    page = teacher.text(ROOT)
    order = [page.index(words) for words in ("Running", "It runs", "Upcoming", "It comes", "It was")]
    assert order == sorted(order)
    assert "Results released" in page


def test_a_lecturer_pauses_goes_on_extends_and_ends(teacher, s: Session, make):
    session = make(limit_seconds=600)
    close = session.closes_at
    seen = sessions.state(session)
    do(teacher, session, "extend", minutes="2", expected=seen)
    do(teacher, session, "extend", minutes="2", expected=seen)
    assert only_session(s).closes_at == close + timedelta(minutes=2)
    page = do(teacher, session, "pause").text
    assert "Paused" in page
    assert "stands still" in page
    assert "Go on" in page
    do(teacher, session, "resume")
    assert "Running" in do(teacher, session, "extend", minutes="1.5").text
    page = do(teacher, session, "end").text
    assert only_session(s).ended_at is not None
    assert "Over" in page


def test_a_click_that_came_too_late_is_told(teacher, make):
    session = make()
    seen = sessions.state(session)
    do(teacher, session, "pause", expected=seen)
    assert "This click changed nothing" in do(teacher, session, "resume", expected=seen).text
    assert "Paused" in teacher.text(f"{ROOT}sessions/{session.id}/")


@pytest.mark.parametrize(
    ("given", "seconds"), [({"share": "25"}, 150), ({"share": "50"}, 300), ({"minutes": "3"}, 180)]
)
def test_one_student_gets_more_time(teacher, s: Session, make, given, seconds):
    session = make(limit_seconds=600)
    ada, grace = join(s, session, "100001"), join(s, session, "100002")
    s.commit()
    for _ in range(2):
        page = do(teacher, session, "extend-one", number="100001", once="a-form", **given).text
    s.expire_all()
    assert (ada.extra_seconds, grace.extra_seconds) == (seconds, 0)
    assert "gave 100001" in page


def test_nonsense_in_the_forms_for_time_is_refused(teacher, make):
    session = make()
    for act in ("extend", "extend-one"):
        assert "Say how many minutes" in do(teacher, session, act, number="100001", minutes="some").text
        assert do(teacher, session, act, number="100001", minutes="1e400").status_code == 200
        assert do(teacher, session, act, number="100001", minutes="nan").status_code == 200
    assert "not on the course" in do(teacher, session, "extend-one", number="nobody", minutes="1").text
    assert do(teacher, session, "dance").status_code == 404


def test_extra_time_can_be_given_before_they_join(teacher, make):
    session = make(phase=Phase.WAITING)
    page = do(teacher, session, "extend-one", number="100002", minutes="5").text
    assert "Extra time for who has not joined" in page
    assert "5 min" in page


def test_results_are_released_and_taken_back(teacher, s: Session, make):
    session = make(phase=Phase.CLOSED)
    join(s, session)
    s.commit()
    assert "Results released" in do(teacher, session, "release").text
    assert "Results not released" in do(teacher, session, "withhold").text
    running = make()
    assert "can still answer" in do(teacher, running, "release").text


def test_a_session_is_cancelled_and_deleted(teacher, s: Session, make):
    session = make(phase=Phase.WAITING)
    assert "Cancelled" in do(teacher, session, "cancel").text
    assert "is deleted" in do(teacher, session, "delete").text
    s.expunge_all()
    assert s.scalars(select(QuizSession)).all() == []


def test_only_a_cancelled_session_can_be_deleted(teacher, make):
    running = make()
    assert "Only a session that was cancelled" in do(teacher, running, "delete").text


def test_the_quiz_moved_on_and_the_session_can_follow(teacher, s: Session, quiz, make):
    session = make(phase=Phase.WAITING)
    assert "The quiz was changed" not in teacher.text(f"{ROOT}sessions/{session.id}/")
    quiz.parts[0].items[0].points = 4.0
    s.commit()
    assert "The quiz was changed" in teacher.text(f"{ROOT}sessions/{session.id}/")
    do(teacher, session, "copy-again")
    assert only_session(s).items[0].points == 4.0


def test_a_paced_session_goes_step_by_step(teacher, s: Session, make):
    session = make(Mode.PACED, Phase.WAITING)
    for act, stage, current in [
        ("forward", Stage.OPEN, 0),
        ("reveal", Stage.REVEALED, 0),
        ("forward", Stage.OPEN, 1),
        ("back", Stage.REVEALED, 0),
    ]:
        page = do(teacher, session, act).text
        assert f"On the projector: question {current + 1} of 5" in page
        found = only_session(s)
        assert (found.stage, found.current) == (stage, current)


def test_the_parts_of_the_page_come_when_they_changed(teacher, s: Session, make):
    session = make()
    ada = join(s, session)
    s.commit()
    address = f"{ROOT}sessions/{session.id}/live"
    first = teacher.get(address).json
    assert set(first["parts"]) == {"state", "controls", "figures", "questions", "people", "record"}
    assert abs(first["now"] - utcnow().timestamp() * 1000) < 60_000
    tags = "&".join(f"{name}={part['tag']}" for name, part in first["parts"].items())
    assert teacher.get(f"{address}?{tags}").json["parts"] == {}
    answer(s, ada, 0, (0,))
    s.commit()
    assert set(teacher.get(f"{address}?{tags}").json["parts"]) == {"figures", "questions", "people"}


def test_a_close_that_moved_reaches_every_open_page(teacher, s: Session, make):
    session = make(limit_seconds=600)
    pages = [f"{ROOT}sessions/{session.id}/{page}" for page in ("live", "projector/live")]
    tags = []
    for page in pages:
        parts = teacher.get(page).json["parts"]
        tags.append("&".join(f"{name}={part['tag']}" for name, part in parts.items()))
    do(teacher, session, "extend", minutes="3")
    close = str(round(only_session(s).closes_at.timestamp() * 1000))
    desk, hall = (teacher.get(f"{page}?{seen}").json["parts"] for page, seen in zip(pages, tags, strict=True))
    assert close in desk["figures"]["html"]
    assert close in hall["stage"]["html"]


def test_an_act_of_a_script_is_answered_in_json(teacher, make):
    session, accept = make(), {"Accept": "application/json"}
    address = f"{ROOT}sessions/{session.id}/"
    done = teacher.post(f"{address}pause", page=ROOT, headers=accept)
    assert (done.status_code, done.json) == (200, {"message": ""})
    refused = teacher.post(f"{address}release", page=ROOT, headers=accept)
    assert refused.status_code == 422
    assert "can still answer" in refused.json["message"]


def test_an_address_that_only_this_machine_knows_is_pointed_out(teacher, make):
    session = make()
    address = f"{ROOT}sessions/{session.id}/"
    assert "only this machine knows" in teacher.text(address)
    cookie = teacher.client.get_cookie("stride_session")
    teacher.client.set_cookie("stride_session", cookie.value, domain="stride.example.org")
    elsewhere = teacher.get(address, base_url="http://stride.example.org").text
    assert f"http://stride.example.org/q/{session.code}" in elsewhere
    assert "only this machine knows" not in elsewhere


def test_everybody_else_is_told_that_there_is_no_such_page(app, signed_in, make):
    session = make()
    for name in ("ada", "stranger"):
        visitor = signed_in(name)
        for path in (ROOT, f"{ROOT}sessions/{session.id}/", f"{ROOT}sessions/{session.id}/live"):
            assert visitor.get(path).status_code == 404
        assert visitor.post(f"{ROOT}sessions/{session.id}/end").status_code == 404
    other = f"/courses/other-2026/quizzes/sessions/{session.id}/"
    assert signed_in("stranger").get(other).status_code == 404


def test_the_first_page_leads_to_what_runs_and_comes(ada, teacher, s: Session, make):
    runs, comes = make(title="It runs"), make(phase=Phase.WAITING, title="It comes")
    make(phase=Phase.CLOSED, title="It was")
    make(Mode.PRACTICE, title="To practise")
    page = ada.text("/")
    assert f"/q/{runs.code}" in page
    assert f"/q/{comes.code}" in page
    assert "It was" not in page
    assert "Practise" in page
    assert f"/quizzes/sessions/{runs.id}/" in teacher.text("/")
