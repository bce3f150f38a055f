"""A lecturer reads results, corrects a key and releases; a student reads their own on a phone."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from server.models import Numbers, Participant, QuizSession
from server.services import accounts, courses
from server.services.quizzes.clock import Phase
from tests.server import quiz_parts as parts

PHONE = 390


@pytest.fixture
def session(installation) -> QuizSession:
    """A session of 24 that is over: half have the first question right, a third of the others picked one option."""
    numbers = [installation.student() for _ in range(24)]
    with installation.sessions.begin() as s:
        course = courses.course_by_slug(s, "cnn-2026")
        quiz = parts.make_quiz(s, course, 5, numbers=Numbers.SAME, title="Kernels and strides")
        session = parts.make_session(s, quiz, phase=Phase.CLOSED, shuffles_questions=False, shuffles_options=False)
        for place, number in enumerate(numbers):
            participant = parts.join(s, session, number, accounts.person_by_number(s, number))
            for position in range(5):
                fill(s, participant, position, is_right=place % (position + 2) == 0)
        s.refresh(session, ["items", "participants"])
    return session


def fill(s, participant: Participant, position: int, *, is_right: bool) -> None:
    """Answer a question by the key, or with its first option or the known mistake."""
    key = parts.key_of(participant, position)
    wrong = (0,) if key.picked != (0,) else (1,)
    picked = key.picked if is_right or not key.picked else wrong
    parts.answer(s, participant, position, picked, key.text if is_right or not key.text else "3")


def results(session: QuizSession) -> str:
    return f"/courses/cnn-2026/quizzes/sessions/{session.id}/results/"


def no_findings(page: Page) -> None:
    """Axe finds nothing at all."""
    found = Axe().run(page).response["violations"]
    assert [f"{each['id']}: {each['nodes'][0]['html']}" for each in found] == []


def test_a_key_is_corrected_and_the_result_released(installation, open_page, session):
    page = open_page(installation.lecturer)
    page.goto(results(session))
    expect(page.get_by_role("heading", name="Results of Kernels and strides")).to_be_visible()
    expect(page.get_by_role("img", name="Distribution of 24 totals")).to_be_visible()
    no_findings(page)

    page.get_by_role("link", name="About q1", exact=True).click()
    expect(page.get_by_role("row", name="It rests.")).to_contain_text("50 %")
    no_findings(page)
    page.get_by_label("Correct the key.").check()
    page.get_by_role("group", name="Right options").get_by_label("It rests.").check()
    page.get_by_label("Why?").fill("A kernel can rest, too.")
    page.get_by_role("button", name="See who changes").click()
    expect(page.get_by_role("heading", name="12 of 24 results would change")).to_be_visible()
    expect(page.get_by_text("+1", exact=True)).to_have_count(12)
    no_findings(page)
    page.get_by_role("button", name="Decide so").click()

    expect(page.get_by_text("the result of 12 students changed")).to_be_visible()
    expect(page.get_by_role("row", name="About q1")).to_contain_text("100 %")
    expect(page.get_by_text("A kernel can rest, too.")).to_be_visible()
    page.get_by_role("button", name="Release the results").click()
    expect(page.get_by_text("The students see their results now.")).to_be_visible()


def test_the_participants_are_narrowed_down_and_exported(installation, open_page, session):
    page = open_page(installation.lecturer)
    page.goto(results(session))
    number = session.participants[3].number
    page.get_by_placeholder("Filter by number").fill(number)
    expect(page.locator("#participants tbody tr:visible")).to_have_count(1)
    page.locator("#participants").get_by_role("link", name=number).click()
    expect(page.get_by_role("heading", name=number)).to_be_visible()
    no_findings(page)
    page.goto(results(session))
    with page.expect_download() as download:
        page.get_by_role("button", name="CSV").click()
    lines = download.value.path().read_text(encoding="utf-8-sig").splitlines()
    assert lines[0].startswith("number,Q1 About q1 /1,")
    assert len(lines) == 25


def test_a_student_reads_their_own_result_on_a_phone_once_it_is_released(installation, open_page, session):
    number = session.participants[0].number
    page = open_page(number, width=PHONE)
    page.get_by_role("link", name="Kernels and strides").first.click()
    expect(page.get_by_text("The results are not released yet.")).to_be_visible()
    with installation.sessions.begin() as s:
        s.get(QuizSession, session.id).results_released_at = session.closes_at
    page.reload()
    expect(page.get_by_role("heading", name="My result: Kernels and strides")).to_be_visible()
    expect(page.locator(".q-score")).to_have_text("5 / 5 points")
    expect(page.get_by_text("secret explanation").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE
    no_findings(page)


def test_results_work_without_scripts(installation, open_page, session):
    page = open_page(installation.lecturer, java_script_enabled=False)
    page.goto(f"{results(session)}questions/{session.items[1].id}/")
    page.get_by_label("Drop the question.").check()
    page.get_by_label("Why?").fill("Two readings.")
    page.get_by_role("button", name="See who changes").click()
    page.get_by_role("button", name="Decide so").click()
    expect(page.get_by_role("row", name="About q2")).to_contain_text("Counts for nobody.")
