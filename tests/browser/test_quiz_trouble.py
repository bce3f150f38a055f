"""What may go wrong while a student sits a quiz: the connection, the device, its clock, what the lecturer does."""

from __future__ import annotations

import re
import time
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from server.models import utcnow
from server.quiz.question import Response
from server.services.quizzes import sessions
from tests.browser.quiz_sitting import BROKEN, LONG, PHONE, mark, option, question, seconds_of

OFFLINE = "net::ERR_INTERNET_DISCONNECTED"
# Time passes on such a device as everywhere; only what it thinks that the time is differs.
WRONG_CLOCK = """{
  const Real = Date;
  window.Date = class extends Real {
    constructor(...parts) { parts.length ? super(...parts) : super(Real.now() + %d); }
    static now() { return Real.now() + %d; }
  };
}"""


def test_twenty_seconds_offline_lose_nothing(join, sitting, complaints):
    complaints.expected = (OFFLINE,)
    quiz = sitting()
    page, number = join(quiz)
    option(page, 1, 0).check()
    expect(mark(page, 1)).to_contain_text("saved")
    page.context.set_offline(True)
    option(page, 2, 1).check()
    expect(mark(page, 2)).to_contain_text("not saved yet: no connection, trying again")
    option(page, 1, 2).check()
    page.get_by_label("Your number").fill("7")
    expect(page.locator("#saved")).to_have_text("⚠ 3 not saved")
    page.wait_for_timeout(20_000)
    option(page, 2, 3).check()
    assert quiz.stored(number) == {1: Response((0,))}
    page.context.set_offline(False)
    expect(page.locator("#saved")).to_have_text("✓ all saved", timeout=LONG)
    assert quiz.stored(number) == {1: Response((2,)), 2: Response((1, 3)), 4: Response(text="7")}
    expect(page.locator("#connection")).to_be_hidden()


def test_an_answer_that_was_not_sent_survives_a_reload(join, sitting, complaints):
    complaints.expected = (BROKEN,)
    quiz = sitting()
    page, number = join(quiz)
    page.on("dialog", lambda dialog: dialog.accept())
    option(page, 3, 0).check()
    expect(mark(page, 3)).to_contain_text("saved")
    page.route("**/answers", lambda route: route.abort())
    option(page, 1, 1).check()
    page.get_by_label("Your number").fill("12")
    expect(mark(page, 4)).to_contain_text("not saved yet")
    page.unroute("**/answers")
    page.reload()
    for n in (1, 3, 4):
        expect(mark(page, n)).to_contain_text(re.compile(r"saved \d\d:"))
    assert option(page, 1, 1).is_checked()
    assert option(page, 3, 0).is_checked()
    expect(page.get_by_label("Your number")).to_have_value("12")
    assert quiz.stored(number) == {1: Response((1,)), 3: Response((0,)), 4: Response(text="12")}


def test_who_answers_before_the_script_is_there_is_heard_all_the_same(open_page, installation, sitting):
    quiz = sitting()
    page = open_page(width=PHONE)
    late = []
    page.route("**/quiz-sitting.js*", lambda route: late.append(route))
    page.goto(f"/q/{quiz.code}")
    number = installation.student()
    page.get_by_label("Student number").fill(number)
    page.get_by_role("button", name="Join").click(no_wait_after=True)
    option(page, 1, 2).check()
    page.get_by_label("Your number").fill("5")
    for route in late:
        route.continue_()
    expect(mark(page, 1)).to_contain_text(re.compile(r"saved \d"))
    expect(mark(page, 4)).to_contain_text(re.compile(r"saved \d"))
    assert quiz.stored(number) == {1: Response((2,)), 4: Response(text="5")}


def test_an_acknowledgement_that_is_lost_is_asked_for_again(join, sitting, complaints):
    complaints.expected = (BROKEN,)
    quiz = sitting()
    page, number = join(quiz)
    tokens: list[str] = []

    def swallow(route):
        tokens.append(route.request.post_data_json["token"])
        if len(tokens) > 2:
            route.continue_()
        else:
            route.fetch()
            route.abort()

    page.route("**/answers", swallow)
    option(page, 1, 1).check()
    expect(mark(page, 1)).to_contain_text(re.compile(r"✓\s*saved \d\d:"))
    assert len(tokens) == 3
    assert len(set(tokens)) == 1
    assert quiz.stored(number) == {1: Response((1,))}


def test_a_second_device_takes_over_with_everything(join, sitting, complaints):
    complaints.expected = ("status of 409",)
    quiz = sitting()
    phone, number = join(quiz)
    option(phone, 1, 2).check()
    expect(mark(phone, 1)).to_contain_text(re.compile(r"saved \d"))
    laptop, _ = join(quiz, number, width=1280)
    expect(laptop.get_by_role("alert")).to_contain_text(f"{number} is in this quiz already, on another device.")
    laptop.get_by_role("button", name="Take over with this device").click()
    expect(option(laptop, 1, 2)).to_be_checked()
    assert quiz.takeovers() == 1
    option(laptop, 1, 0).check()
    expect(laptop.locator("#saved")).to_have_text("✓ all saved")

    option(phone, 2, 0).check()
    expect(phone.get_by_role("heading", name=f"{number} answers on another device now")).to_be_visible()
    expect(phone.locator("#moved-lost")).to_contain_text("question 2")
    assert quiz.stored(number) == {1: Response((0,))}
    phone.get_by_role("button", name="Go on with this device").click()
    expect(option(phone, 1, 0)).to_be_checked()
    expect(mark(phone, 2)).to_contain_text(re.compile(r"saved \d"))
    assert quiz.takeovers() == 2


@pytest.mark.parametrize(
    ("minutes", "zone"), [(10, "Asia/Kolkata"), (-10, "America/St_Johns"), (60 * 24, "Pacific/Kiritimati")]
)
def test_a_device_with_a_wrong_clock_in_another_zone_counts_as_the_server_does(join, sitting, minutes, zone):
    begins = utcnow() + timedelta(seconds=15)
    quiz = sitting(opens_at=begins, closes_at=begins + timedelta(minutes=10))
    page, number = join(quiz, timezone_id=zone)
    page.add_init_script(WRONG_CLOCK % (minutes * 60_000, minutes * 60_000))
    page.reload()
    assert abs(page.evaluate("Date.now()") / 1000 - time.time() - 60 * minutes) < 10
    expect(page.locator("#opening")).to_be_visible()
    page.wait_for_timeout(1500)
    shown = seconds_of(page.locator("#opening").inner_text())
    assert abs(shown - (begins - utcnow()).total_seconds()) < 1.5
    question(page, 1).wait_for()
    assert timedelta(0) <= utcnow() - begins < timedelta(seconds=3)
    shown = seconds_of(page.locator("#clock").inner_text())
    assert abs(shown - (begins + timedelta(minutes=10) - utcnow()).total_seconds()) < 1.5
    option(page, 1, 1).check()
    expect(mark(page, 1)).to_contain_text(re.compile(r"saved \d"))
    assert quiz.stored(number) == {1: Response((1,))}


def test_what_the_lecturer_does_reaches_the_page_within_seconds(join, sitting):
    quiz = sitting()
    page, number = join(quiz)
    question(page, 1).wait_for()
    left = seconds_of(page.locator("#clock").inner_text())
    quiz.change(sessions.extend_one, number, 120)
    expect(page.locator("#announcement")).to_have_text(re.compile(r"There is more time: 6:\d\d left\."), timeout=LONG)
    assert seconds_of(page.locator("#clock").inner_text()) > left + 100
    quiz.change(sessions.pause)
    expect(page.get_by_role("heading", name="The quiz is paused")).to_be_visible(timeout=LONG)
    held = page.locator("#held").inner_text()
    expect(question(page, 1)).to_be_hidden()
    page.wait_for_timeout(2000)
    quiz.change(sessions.resume)
    expect(question(page, 1)).to_be_visible(timeout=LONG)
    assert abs(seconds_of(page.locator("#clock").inner_text()) - seconds_of(held)) < 15
    option(page, 1, 0).check()
    expect(mark(page, 1)).to_contain_text(re.compile(r"saved \d"))
    quiz.change(sessions.end)
    expect(page.get_by_role("heading", name="The quiz is over")).to_be_visible(timeout=LONG)
    expect(page.locator("#closed-text")).to_contain_text("1 of 4")


def test_the_lecturers_start_opens_the_page(join, sitting):
    quiz = sitting(opens_at=None, closes_at=None, limit_seconds=600)
    page, _ = join(quiz)
    expect(page.get_by_text("It begins when the lecturer starts it.").first).to_be_visible()
    quiz.change(sessions.start)
    expect(question(page, 1)).to_be_visible(timeout=6000)
    assert seconds_of(page.locator("#clock").inner_text()) > 590


def test_what_comes_too_late_is_said_and_not_shown_as_saved(join, sitting, complaints):
    complaints.expected = (BROKEN, "status of 409")
    quiz = sitting(closes_at=utcnow() + timedelta(seconds=12), grace_seconds=0.0)
    page, number = join(quiz)
    option(page, 1, 1).check()
    expect(mark(page, 1)).to_contain_text(re.compile(r"saved \d"))
    page.route("**/answers", lambda route: route.abort())
    option(page, 1, 2).check()
    expect(mark(page, 1)).to_contain_text("not saved yet")
    expect(page.get_by_role("heading", name="The quiz is over")).to_be_visible(timeout=LONG)
    page.unroute("**/answers")
    expect(page.locator("#lost")).to_contain_text("The last change of question 1 has not reached the server in time.")
    page.wait_for_timeout(3000)
    assert quiz.stored(number) == {1: Response((1,))}
