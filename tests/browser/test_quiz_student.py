"""A student in a quiz, on a phone: from the code to the result, through whatever may go wrong on the way."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select

from server.models import Course, Mode, Participant, Person, QuizAnswer, QuizSession, Stage, utcnow
from server.quiz.question import Response
from server.services.quizzes import pacing, sessions
from tests.server import quiz_parts as parts

PHONE = 390
OFFLINE = "net::ERR_INTERNET_DISCONNECTED"
BROKEN = "net::ERR_FAILED"
SOON = timedelta(seconds=6)
# Time passes on such a device as everywhere; only what it thinks that the time is differs.
WRONG_CLOCK = """{
  const Real = Date;
  window.Date = class extends Real {
    constructor(...parts) { parts.length ? super(...parts) : super(Real.now() + %d); }
    static now() { return Real.now() + %d; }
  };
}"""
LONG = 20_000
"""Milliseconds: a page asks how it stands every ten seconds."""


@dataclass
class Sitting:
    """A session on the running platform, and a way to do what its lecturer does."""

    installation: object
    id: int
    code: str

    def change(self, do: Callable, *arguments: object, **more: object) -> None:
        with self.installation.sessions.begin() as s:
            lecturer = s.scalars(select(Person).where(Person.number == "lecturer")).one()
            do(s, s.get_one(QuizSession, self.id), *arguments, lecturer, **more)

    def set(self, **columns: object) -> None:
        with self.installation.sessions.begin() as s:
            session = s.get_one(QuizSession, self.id)
            for name, value in columns.items():
                setattr(session, name, value)

    def stored(self, number: str) -> dict[int, Response]:
        """What is stored for a number, by the question's number in its paper; options by the order it saw."""
        with self.installation.sessions() as s:
            own = (Participant.session_id == self.id, Participant.number == number)
            participant = s.scalars(select(Participant).where(*own)).one()
            places = {entry["item"]: n for n, entry in enumerate(participant.paper)}
            found = {}
            for each in s.scalars(select(QuizAnswer).where(QuizAnswer.participant_id == participant.id)):
                order = participant.paper[places[each.item_id]]["order"]
                picked = tuple(sorted(order.index(place) for place in each.picked))
                found[places[each.item_id] + 1] = Response(picked, each.text)
            return found

    def takeovers(self) -> int:
        with self.installation.sessions() as s:
            return sum(s.scalars(select(Participant.takeovers).where(Participant.session_id == self.id)))


@pytest.fixture
def sitting(installation) -> Callable[..., Sitting]:
    """Makes sessions of four questions: one choice, several, true or false, a number, in this order."""

    def sitting(mode: Mode = Mode.TIMED, **columns: object) -> Sitting:
        with installation.sessions.begin() as s:
            course = s.scalars(select(Course).where(Course.slug == "cnn-2026")).one()
            kinds = [parts.single(), parts.multiple(), parts.true_false(), parts.numeric()]
            quiz = parts.make_quiz(s, course, kinds)
            session = parts.make_session(s, quiz, mode, **{"shuffles_questions": False} | columns)
            return Sitting(installation, session.id, session.code)

    return sitting


@pytest.fixture
def join(open_page, installation) -> Callable[..., tuple[Page, str]]:
    """Opens a phone, types code and number, and gives the page and the number."""

    def join(sitting: Sitting, number: str | None = None, **options: object) -> tuple[Page, str]:
        page = open_page(width=options.pop("width", PHONE), **options)
        page.goto(f"/q/{sitting.code}")
        number = number or installation.student("Ada Lovelace")
        page.get_by_label("Student number").fill(number)
        page.get_by_role("button", name="Join").click()
        return page, number

    return join


def question(page: Page, number: int) -> Locator:
    return page.locator(f"#question-{number}")


def option(page: Page, number: int, index: int) -> Locator:
    return question(page, number).locator("input[type=radio], input[type=checkbox]").nth(index)


def mark(page: Page, number: int) -> Locator:
    return page.locator(f"#mark-{number}")


def serious(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [f"{each['id']}: {each['nodes'][0]['html']}" for each in found if each["impact"] in ("serious", "critical")]


def seconds_of(text: str) -> int:
    minutes, seconds = text.split(":")
    return 60 * int(minutes) + int(seconds)


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
