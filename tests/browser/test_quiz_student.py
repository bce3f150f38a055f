"""A student in a quiz, on a phone: from the code to the result, in every way in which one may answer."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from server.models import Course, Mode, Stage, utcnow
from server.quiz.question import Response
from server.services.quizzes import pacing, sessions
from tests.browser.quiz_sitting import LONG, PHONE, mark, option, question, serious
from tests.server import quiz_parts as parts

SOON = timedelta(seconds=6)


def test_from_the_code_to_the_result_on_a_phone(open_page, installation, sitting):
    begins = utcnow() + timedelta(seconds=8)
    quiz = sitting(opens_at=begins, closes_at=begins + timedelta(seconds=14))
    number = installation.student("Ada Lovelace")
    page = open_page(width=PHONE)
    page.goto("/q/")
    page.get_by_label("Room code").fill(f" {quiz.code[:3].lower()} {quiz.code[3:]} ")
    page.get_by_role("button", name="Go on").click()
    page.get_by_label("Student number").fill(f" {number} ")
    page.get_by_role("button", name="Join").click()
    expect(page.get_by_role("heading", name="You are in. It opens by itself.")).to_be_visible()
    expect(page.locator("#opening")).to_have_text(re.compile(r"^0:0\d$"))
    assert page.locator("[data-question]").count() == 0
    page.evaluate("window.neverReloaded = true")

    question(page, 1).wait_for()
    assert utcnow() - begins < timedelta(seconds=3)
    expect(page.locator("#announcement")).to_have_text("The quiz has begun: 4 questions.")
    option(page, 1, 1).check()
    option(page, 2, 0).check()
    option(page, 2, 2).check()
    option(page, 3, 1).check()
    page.get_by_label("Your number").fill("1,5")
    for n in range(1, 5):
        expect(mark(page, n)).to_have_text(re.compile(r"saved \d\d:\d\d:\d\d"))
    expect(page.locator("#progress")).to_have_text("4 of 4 answered")
    expect(page.locator("#saved")).to_have_text("✓ all saved")
    expect(page.locator("#overview-text")).to_contain_text("Every question is answered, and every answer is saved.")
    given = {1: Response((1,)), 2: Response((0, 2)), 3: Response((1,)), 4: Response(text="1,5")}
    assert quiz.stored(number) == given

    expect(page.get_by_role("heading", name="The quiz is over")).to_be_visible(timeout=LONG)
    late = utcnow() - begins - timedelta(seconds=14)
    assert timedelta(0) <= late < timedelta(seconds=4), "over when the time is, and not before"
    expect(page.locator("#closed-text")).to_contain_text("4 of 4 questions are answered and saved.")
    assert page.evaluate("window.neverReloaded"), "from the lobby to the close without a reload"
    assert page.locator("[data-question]").count() == 0
    assert "Ada" not in page.content()

    quiz.set(results_released_at=utcnow())
    page.get_by_role("link", name="See my result").click()
    page.wait_for_url(f"**/q/{quiz.code}/result")
    expect(page.locator("main")).to_contain_text("The secret explanation.")


def test_an_answer_can_be_changed_and_taken_back(join, sitting):
    quiz = sitting()
    page, number = join(quiz)
    for index in (0, 2, 1):
        option(page, 1, index).check()
    expect(mark(page, 1)).to_contain_text(re.compile(r"saved \d"))
    expect(page.locator("#saved")).to_have_text("✓ all saved")
    assert quiz.stored(number) == {1: Response((1,))}
    question(page, 1).get_by_role("button", name="Take my answer back").click()
    expect(page.locator("#progress")).to_have_text("0 of 4 answered")
    expect(mark(page, 1)).to_contain_text(re.compile(r"saved \d"))
    assert quiz.stored(number) == {1: Response()}


def test_a_number_that_cannot_be_read_is_said_at_once(join, sitting):
    page, _ = join(sitting())
    page.get_by_label("Your number").fill("a lot")
    expect(page.locator("#note-4")).to_contain_text("is no number")
    page.get_by_label("Your number").fill("1/2")
    expect(page.locator("#note-4")).to_be_hidden()


def test_a_question_at_a_time_with_its_reveal(join, sitting):
    quiz = sitting(Mode.PACED, stage=Stage.LOBBY, current=None, stage_at=None)
    page, number = join(quiz)
    quiz.change(pacing.forward)
    question(page, 1).wait_for(timeout=LONG)
    assert page.locator("[data-question]").count() == 1
    option(page, 1, 1).check()
    expect(mark(page, 1)).to_contain_text(re.compile(r"saved \d"))
    quiz.change(pacing.reveal)
    expect(option(page, 1, 0)).to_be_disabled(timeout=LONG)
    right = page.locator(".sit-option.right")
    expect(right).to_contain_text("It moves.", timeout=LONG)
    assert serious(page) == []
    quiz.change(pacing.forward)
    question(page, 2).wait_for(timeout=LONG)
    option(page, 2, 0).check()
    expect(mark(page, 2)).to_contain_text(re.compile(r"saved \d"))
    assert quiz.stored(number) == {1: Response((1,)), 2: Response((0,))}


def test_everything_works_without_scripts(join, sitting):
    begins = utcnow() + SOON
    quiz = sitting(opens_at=begins, closes_at=begins + timedelta(seconds=25))
    page, number = join(quiz, java_script_enabled=False)
    expect(page.get_by_role("heading", name="You are in. It opens by itself.")).to_be_visible()
    question(page, 1).wait_for()
    option(page, 1, 1).check()
    page.get_by_label("Your number").fill("1.5")
    question(page, 1).get_by_role("button", name="Save").click()
    expect(page.get_by_role("status").filter(has_text="Saved: 2 answers.")).to_be_visible()
    option(page, 2, 0).check()
    page.get_by_role("button", name="Save all").click()
    expect(page.get_by_role("status").filter(has_text="Saved: 1 answer.")).to_be_visible()
    assert option(page, 1, 1).is_checked()
    assert quiz.stored(number) == {1: Response((1,)), 2: Response((0,)), 4: Response(text="1.5")}
    page.wait_for_timeout(max(0, (begins + timedelta(seconds=28) - utcnow()).total_seconds() * 1000))
    option(page, 3, 0).check()
    page.get_by_role("button", name="Save all").click()
    expect(page.get_by_text("The time was over: these changes were not saved.")).to_be_visible()
    expect(page.locator("#closed-text")).to_contain_text("3 of 4 questions are answered")


def test_the_keyboard_is_enough(open_page, installation, sitting):
    quiz = sitting()
    number = installation.student()
    page = open_page(width=1280)
    page.goto(f"/q/{quiz.code}")
    page.keyboard.type(number)
    page.keyboard.press("Enter")
    question(page, 1).wait_for()
    option(page, 1, 0).focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator("#announcement")).to_have_text("Question 1 is saved.")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(page.locator("#announcement")).to_have_text("Question 2 is saved.")
    page.get_by_label("Your number").focus()
    page.keyboard.type("3")
    page.keyboard.press("Enter")
    expect(page.locator("#announcement")).to_have_text("Question 4 is saved.")
    assert quiz.stored(number) == {1: Response((1,)), 2: Response((0,)), 4: Response(text="3")}


def test_what_one_taps_is_large_enough(join, sitting):
    page, _ = join(sitting())
    question(page, 1).wait_for()
    for each in page.locator(".sit-option").all():
        box = each.bounding_box()
        assert box["height"] >= 44
        assert box["width"] >= 250
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_serious_findings_of_axe(open_page, join, sitting, complaints, scheme):
    complaints.expected = ("status of 409", "status of 422")
    quiz = sitting()
    way_in = open_page(width=PHONE, color_scheme=scheme)
    way_in.goto("/q/?code=nosuch")
    assert serious(way_in) == []
    way_in.goto(f"/q/{quiz.code}")
    assert serious(way_in) == []
    phone, number = join(quiz, color_scheme=scheme)
    option(phone, 1, 0).check()
    option(phone, 2, 0).check()
    phone.get_by_label("Your number").fill("a lot")
    expect(phone.locator("#note-4")).to_be_visible()
    assert serious(phone) == []
    laptop, _ = join(quiz, number, color_scheme=scheme)
    assert serious(laptop) == []
    laptop.get_by_role("button", name="Take over").click()
    question(laptop, 1).wait_for()
    phone.reload()
    assert serious(phone) == []
    quiz.change(sessions.end)
    expect(laptop.get_by_role("heading", name="The quiz is over")).to_be_visible(timeout=LONG)
    assert serious(laptop) == []
    waiting = sitting(opens_at=utcnow() + timedelta(minutes=5), closes_at=utcnow() + timedelta(minutes=15))
    lobby, _ = join(waiting, color_scheme=scheme)
    expect(lobby.locator("#opening")).to_be_visible()
    assert serious(lobby) == []


def test_practice_is_explained_in_place_with_fresh_numbers(open_page, installation, complaints):
    complaints.expected = ("status of 422",)
    with installation.sessions.begin() as s:
        course = s.scalars(select(Course).where(Course.slug == "cnn-2026")).one()
        quiz = parts.make_quiz(s, course, [parts.drawn(), parts.numeric()])
        code = parts.make_session(s, quiz, Mode.PRACTICE, roster_only=False).code
    page = open_page(width=PHONE)
    page.goto(f"/q/{code}")
    assert serious(page) == []
    page.get_by_role("link", name="One at a time").click()
    assert serious(page) == []
    page.evaluate("window.neverReloaded = true")
    page.get_by_role("button", name="Check").click()
    expect(page.get_by_role("alert")).to_contain_text("Choose an answer first.")
    stem = page.locator(".sit-stem").inner_text()
    page.locator("input[type=radio]").first.check()
    page.get_by_role("button", name="Check").click()
    expect(page.get_by_text("The secret explanation.")).to_be_visible()
    assert page.locator(".sit-stem").inner_text() == stem
    assert serious(page) == []
    page.get_by_role("link", name="Again, with fresh numbers").click()
    expect(page.get_by_role("button", name="Check")).to_be_visible()
    assert page.evaluate("window.neverReloaded")
    page.goto(f"/q/{code}/practice/all")
    page.get_by_label("Your number").fill("3")
    page.get_by_role("button", name="Check").nth(1).click()
    expect(page.get_by_text("A misconception, for a secret reason.").first).to_be_visible()
    assert page.get_by_role("button", name="Check").count() == 1
