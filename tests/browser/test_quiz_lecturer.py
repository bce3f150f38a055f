"""A lecturer's quiz: put together, scheduled, shown in the hall, run, and looked at afterwards."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select

from server.models import Course, Mode, Participant, Quiz, QuizSession, utcnow
from server.services.quizzes.clock import Phase
from tests.server import quiz_parts as parts

ROOT = "/courses/cnn-2026/quizzes/"
PHONE = 390
HALL = {"width": 1280, "height": 720}
LONG = 20_000
"""Milliseconds: a student's page asks how it stands every ten seconds."""


@pytest.fixture
def make(installation) -> Callable[..., QuizSession]:
    """Sessions of three questions of the course: one choice, several, a number."""

    def make(mode: Mode = Mode.TIMED, phase: Phase = Phase.OPEN, **columns: object) -> QuizSession:
        with installation.sessions.begin() as s:
            course = s.scalars(select(Course).where(Course.slug == "cnn-2026")).one()
            quiz = parts.make_quiz(s, course, [parts.single(), parts.multiple(), parts.numeric()])
            rules = {"shuffles_questions": False, "roster_only": False}
            return parts.make_session(s, quiz, mode, phase, **rules | columns)

    return make


@pytest.fixture
def lecturer(installation, open_page) -> Callable[..., Page]:
    """The lecturer's browser, on a page of the course's quizzes."""

    def lecturer(path: str = "", **options: object) -> Page:
        page = open_page(installation.lecturer, **options)
        page.goto(f"{ROOT}{path}")
        return page

    return lecturer


@pytest.fixture
def student(installation, open_page) -> Callable[[QuizSession], tuple[Page, str]]:
    """A phone that has joined, and its number."""

    def student(session: QuizSession) -> tuple[Page, str]:
        page, number = open_page(width=PHONE), installation.student("Ada Lovelace")
        page.goto(f"/q/{session.code}")
        page.get_by_label("Student number").fill(number)
        page.get_by_role("button", name="Join").click()
        page.wait_for_selector("#quiz")
        return page, number

    return student


def serious(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [f"{each['id']}: {each['nodes'][0]['html']}" for each in found if each["impact"] in ("serious", "critical")]


def hall(page: Page, session: QuizSession) -> Page:
    page.set_viewport_size(HALL)
    page.goto(f"{ROOT}sessions/{session.id}/projector/")
    return page


def seconds(clock: Locator) -> int:
    minutes, rest = clock.inner_text().split(":")
    return 60 * int(minutes) + int(rest)


def fits(page: Page) -> bool:
    """Whether the page needs no scrolling, in either direction."""
    return page.evaluate(
        "() => { const e = document.documentElement, s = document.querySelector('.p-stage');"
        " return e.scrollWidth <= innerWidth && e.scrollHeight <= innerHeight && s.scrollHeight < s.clientHeight + 2; }"
    )


def newest(installation, table: type) -> Quiz | QuizSession:
    with installation.sessions() as s:
        return s.scalars(select(table).order_by(table.id.desc()).limit(1)).one()


def test_a_quiz_is_composed_and_scheduled_for_tuesday_at_nine(installation, lecturer):
    page = lecturer(timezone_id="America/New_York")
    page.get_by_label("Title of a new quiz").fill("Quiz of week 3")
    page.get_by_role("button", name="Create").click()
    expect(page.get_by_role("heading", name="Quiz of week 3", level=1)).to_be_visible()
    assert serious(page) == []

    page.get_by_role("link", name="Add questions").click()
    page.get_by_label("Topic").select_option("03-sizes")
    expect(page).to_have_url(re.compile("topic=03-sizes"))
    page.get_by_text("Show it").first.click()
    expect(page.locator(".peek[open] .options")).to_be_visible()
    boxes = page.get_by_role("checkbox")
    chosen = [boxes.nth(place).get_attribute("id") for place in range(3)]
    for name in chosen:
        page.locator(f'[id="{name}"]').check()
    expect(page.locator("#chosen-count")).to_have_text("3 chosen")
    assert serious(page) == []
    page.get_by_role("button", name="Add the chosen").click()
    expect(page.get_by_text("3 questions added.")).to_be_visible()

    names = page.locator(".item .quiz-name")
    before = names.all_inner_texts()
    page.get_by_role("button", name=f"Move {before[0]} down").click()
    expect(names).to_have_text([before[1], before[0], before[2]])
    page.get_by_label(f"Points of {before[0]}", exact=True).fill("2,5")
    page.get_by_label(f"Points of {before[0]}", exact=True).press("Enter")
    expect(page.get_by_text("4.5 points")).to_be_visible()
    page.get_by_text("Pool and title").click()
    page.get_by_label("Ask how many of these 3").fill("2")
    page.locator(".part-settings").get_by_role("button", name="Save").click()
    expect(page.get_by_text("2 of these 3 asked")).to_be_visible()
    assert serious(page) == []

    page.get_by_role("link", name="See it as a student").click()
    expect(page.locator(".sit-question")).to_have_count(2)
    page.get_by_role("link", name="Paper 2").click()
    expect(page.locator(".sit-question")).to_have_count(2)
    assert serious(page) == []
    page.go_back()
    page.go_back()

    page.get_by_role("link", name="Schedule a session").click()
    expect(page.get_by_label("Time zone")).to_have_value("America/New_York")
    expect(page.get_by_label("Closes on")).to_be_hidden()
    page.get_by_label("Window", exact=False).first.check()
    expect(page.get_by_label("Closes on")).to_be_visible()
    page.get_by_label("Common start", exact=False).first.check()
    tuesday = utcnow().date() + timedelta(days=30)
    page.get_by_label("Date").fill(tuesday.isoformat())
    page.get_by_label("Time", exact=True).fill("09:00")
    assert serious(page) == []
    page.get_by_role("button", name="Schedule", exact=True).click()
    expect(page.get_by_text("The session is scheduled")).to_be_visible()
    session = newest(installation, QuizSession)
    local = session.opens_at.astimezone(ZoneInfo("America/New_York"))
    assert (local.date(), local.hour, local.minute) == (tuesday, 9, 0)
    assert session.closes_at - session.opens_at == timedelta(minutes=10)
    expect(page.locator(".room-code")).to_have_text(session.code)
    expect(page.locator(".facts")).to_contain_text("09:00")

    page.get_by_role("link", name="Change").click()
    expect(page.get_by_label("Date")).to_have_value(tuesday.isoformat())
    expect(page.get_by_label("Time", exact=True)).to_have_value("09:00")


def test_a_time_that_the_clocks_skip_is_explained_where_it_was_typed(installation, lecturer, complaints):
    complaints.expected = ("422",)
    year = utcnow().year + (utcnow().date() > date(utcnow().year, 3, 1))
    sunday = date(year, 3, 31) - timedelta(days=(date(year, 3, 31).weekday() + 1) % 7)
    with installation.sessions.begin() as s:
        course = s.scalars(select(Course).where(Course.slug == "cnn-2026")).one()
        quiz = parts.make_quiz(s, course, 2)
    page = lecturer(f"{quiz.id}/schedule", timezone_id="Europe/Berlin")
    page.get_by_label("Date").fill(sunday.isoformat())
    page.get_by_label("Time", exact=True).fill("02:30")
    page.get_by_role("button", name="Schedule", exact=True).click()
    expect(page.get_by_text("02:30 does not exist")).to_be_visible()
    expect(page.get_by_label("Time", exact=True)).to_have_value("02:30")
    expect(page.get_by_label("Time zone")).to_have_value("Europe/Berlin")
    page.get_by_label("Time", exact=True).fill("01:55")
    page.get_by_role("button", name="Schedule", exact=True).click()
    expect(page.get_by_text("The session is scheduled")).to_be_visible()
    session = newest(installation, QuizSession)
    assert session.opens_at == datetime(sunday.year, 3, sunday.day, 0, 55, tzinfo=UTC)


def test_the_projector_counts_down_by_the_servers_clock_and_counts_who_comes(installation, lecturer, make, student):
    begins = utcnow() + timedelta(seconds=25)
    session = make(phase=Phase.WAITING, opens_at=begins, closes_at=begins + timedelta(minutes=5), limit_seconds=300)
    page = lecturer()
    page.clock.install(time=datetime.now(UTC) + timedelta(minutes=10))
    hall(page, session)
    expect(page.locator(".p-code")).to_contain_text(session.code)
    page.wait_for_timeout(2500)
    left = (begins - utcnow()).total_seconds()
    assert abs(seconds(page.locator("[data-until]")) - left) < 2, "a wrong clock of the computer does not matter"
    expect(page.locator("#joined")).to_have_text("0")
    phone, _ = student(session)
    expect(page.locator("#joined")).to_have_text("1")
    assert fits(page)
    expect(phone.locator(".sit-question").first).to_be_visible(timeout=40_000)


def test_the_projector_is_readable_light_dark_and_in_both_sizes(installation, lecturer, make):
    states = [(Phase.WAITING, Mode.TIMED), (Phase.OPEN, Mode.TIMED), (Phase.PAUSED, Mode.WINDOW)]
    sessions = [make(mode, phase) for phase, mode in states]
    for scheme in ("light", "dark"):
        page = lecturer(color_scheme=scheme)
        for session in sessions:
            hall(page, session)
            assert serious(page) == []
            for size in (HALL, {"width": 1920, "height": 1080}):
                page.set_viewport_size(size)
                page.wait_for_timeout(200)
                assert fits(page), (session.mode, size)
                # In one step: the page renews this part while one looks.
                code = page.evaluate("document.querySelector('.p-code').getBoundingClientRect().height")
                assert code > size["height"] / 8, "the code is an eighth of the screen high"
    page.get_by_role("button", name="Light or dark").click()
    assert page.locator("html").get_attribute("data-bs-theme") == "light"


def test_one_student_gets_more_time_while_their_page_is_open(installation, lecturer, make, student):
    session = make(limit_seconds=600)
    (ada, number), (grace, _) = student(session), student(session)
    before, others = seconds(ada.locator("#clock")), seconds(grace.locator("#clock"))
    page = lecturer(f"sessions/{session.id}/")
    assert serious(page) == []
    row = page.get_by_role("row", name=number)
    row.get_by_role("link", name="+ time").click()
    expect(page.get_by_label("Student number")).to_have_value(number)
    page.get_by_role("button", name="+50 %").click()
    expect(page.get_by_role("row", name=number)).to_contain_text("5 min")
    expect(ada.get_by_text("There is more time")).to_have_count(1, timeout=LONG)
    assert 270 < seconds(ada.locator("#clock")) - before <= 300
    assert seconds(grace.locator("#clock")) <= others


def test_pause_goes_to_the_phones_and_nobody_loses_a_second(installation, lecturer, make, student):
    session = make()
    phone, number = student(session)
    phone.locator("#question-1 input[type=radio]").first.check()
    expect(phone.locator("#mark-1")).to_contain_text("saved")
    page = lecturer(f"sessions/{session.id}/")
    expect(page.get_by_role("row", name=number)).to_contain_text("1 / 3")
    page.get_by_role("button", name="Pause").click()
    expect(phone.get_by_role("heading", name="The quiz is paused")).to_be_visible(timeout=LONG)
    held = seconds(phone.locator("#held"))
    assert serious(page) == []
    page.wait_for_timeout(3000)
    page.get_by_role("button", name="Go on").click()
    expect(phone.locator("#question-1")).to_be_visible(timeout=LONG)
    assert held - seconds(phone.locator("#clock")) < 14, "what the pause took is not lost"
    expect(page.get_by_text("resumed it after")).to_be_visible()

    page.get_by_text("End now").click()
    page.get_by_role("button", name="End it for everybody").click()
    expect(page.locator(".facts").first).to_contain_text("Over")
    expect(phone.get_by_role("heading", name="The quiz is over")).to_be_visible(timeout=LONG)
    expect(page.get_by_text("Release the results")).to_be_visible(timeout=10_000)
    page.get_by_text("Release the results").click()
    page.get_by_role("button", name="Release them").click()
    expect(page.locator(".facts").first).to_contain_text("Results released")
    expect(phone.get_by_role("link", name="See my result")).to_be_visible(timeout=2 * LONG)


def test_the_page_follows_what_happens_and_keeps_what_is_typed(installation, lecturer, make, student):
    session = make()
    page = lecturer(f"sessions/{session.id}/")
    expect(page.get_by_text("Nobody has joined yet").first).to_be_visible()
    page.get_by_label("Minutes more for everybody").fill("7")
    page.get_by_text("End now").click()
    phone, number = student(session)
    expect(page.get_by_role("row", name=number)).to_be_visible()
    expect(page.locator("#joined")).to_have_text("1")
    phone.locator("#question-1 input[type=radio]").first.check()
    expect(page.locator("#answered")).to_contain_text("1 of 3")
    expect(page.get_by_label("Minutes more for everybody")).to_have_value("7")
    expect(page.get_by_role("button", name="End it for everybody")).to_be_visible()
    page.get_by_label("Show only numbers that contain").fill("nobody")
    expect(page.get_by_role("row", name=number)).to_be_hidden()


def test_two_clicks_give_the_time_once(installation, lecturer, make):
    session = make(limit_seconds=600)
    page = lecturer(f"sessions/{session.id}/")
    page.get_by_label("Minutes more for everybody").fill("2")
    page.get_by_role("button", name="For everybody").dblclick()
    expect(page.get_by_text("gave everybody 2 min more")).to_have_count(1)
    page.wait_for_timeout(500)
    with installation.sessions() as s:
        assert s.get_one(QuizSession, session.id).closes_at == session.closes_at + timedelta(minutes=2)


def test_question_by_question_from_the_projector(installation, lecturer, make, student):
    session = make(Mode.PACED, Phase.WAITING, grace_seconds=1.0)
    phone, _ = student(session)
    page = hall(lecturer(), session)
    page.get_by_role("button", name="First question").click()
    expect(page.locator(".p-options li")).to_have_count(3)
    expect(phone.locator("#question-1")).to_be_visible(timeout=LONG)
    phone.get_by_text("It moves.").click()
    expect(page.locator("#answered")).to_have_text("1")
    expect(page.locator(".answer-bar")).to_have_count(0)
    assert fits(page)
    page.get_by_role("button", name="Reveal the answer").click()
    expect(page.locator(".answer-bar.right")).to_contain_text("It moves.")
    expect(page.locator(".answer-bar.right")).to_contain_text("100 %")
    assert serious(page) == []
    assert fits(page)
    page.get_by_role("button", name="Next question").click()
    expect(page.get_by_text("Question 2 of 3")).to_be_visible()
    expect(phone.locator("#question-2")).to_be_visible(timeout=LONG)


def test_afterwards_the_hall_sees_how_each_question_was_answered(installation, lecturer, make):
    session = make(phase=Phase.CLOSED)
    with installation.sessions.begin() as s:
        found = s.get_one(QuizSession, session.id)
        for number in range(12):
            someone = parts.join(s, found, f"70{number:04}")
            parts.answer(s, someone, 0, (1 if number % 3 else 0,))
    page = hall(lecturer(), session)
    expect(page.get_by_text("The quiz is over.")).to_be_visible()
    page.get_by_role("button", name="Show the answers").click()
    expect(page.locator(".answer-bar")).to_have_count(3)
    expect(page.locator(".answer-bar.right")).to_have_count(0)
    page.get_by_role("button", name="Mark the right answer").click()
    expect(page.locator(".answer-bar.right")).to_contain_text("67 %")
    assert not re.search(r"70\d{4}", page.content())
    with installation.sessions() as s:
        assert s.scalars(select(Participant).where(Participant.session_id == session.id)).all()


def test_running_a_quiz_works_without_scripts(installation, lecturer, make):
    session = make(limit_seconds=600)
    page = lecturer(f"sessions/{session.id}/", java_script_enabled=False)
    page.get_by_role("button", name="Pause").click()
    expect(page.locator(".facts").first).to_contain_text("Paused")
    page.get_by_role("button", name="Go on").click()
    page.get_by_label("Minutes more for everybody").fill("1")
    page.get_by_role("button", name="For everybody").click()
    expect(page.get_by_text("gave everybody 1 min more")).to_be_visible()
