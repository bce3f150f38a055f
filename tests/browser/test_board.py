"""Speed in the browser: it comes in without moving what one reads, and boards and audits are read by everybody."""

from __future__ import annotations

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from grader.contract import load_assignment
from server.models import CourseAssignment, Person
from server.services import accounts, board, courses, timing
from tests.server import board_parts as parts

BOARD = "/courses/cnn-2026/assignments/04-conv-forward/board/"
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
TOP = "(selector) => document.querySelector(selector).getBoundingClientRect().top"
PHONE = 320
REASON = "Two people handed in the same file."
SPEEDS = (2.3, 1.8, 1.2, 0.99, 0.3, 0.02)
METHODS = {"offsets": 1.0, "loops": 0.0006, "im2col": 0.87}


@pytest.fixture(scope="module")
def published(tmp_path_factory) -> Path:
    return parts.write_timed(tmp_path_factory.mktemp("assignments"))


@pytest.fixture
def conv(published):
    return load_assignment(published)


def found(s: Session, number: str) -> tuple[CourseAssignment, Person]:
    course = courses.course_by_slug(s, "cnn-2026")
    person = accounts.person_by_number(s, number)
    assert course is not None
    assert person is not None
    published = courses.published_as(s, course, "04-conv-forward")
    assert published is not None
    return published, person


@pytest.fixture
def stand(installation, conv):
    """A new student with timings of these speeds: the student's number and the newest run."""

    def stand(*ratios: float, alias: str | None = None) -> tuple[str, int]:
        number = installation.student("Ada Lovelace")
        with installation.sessions.begin() as s:
            published, person = found(s, number)
            runs = [parts.stand(s, published, conv, person, ratio).id for ratio in ratios]
            if alias:
                board.set_alias(s, published.course, person, alias)
        return number, runs[-1]

    return stand


@pytest.fixture
def full_board(installation, conv, stand) -> tuple[str, int]:
    """A board with people, methods, somebody who is hidden, and timings that were repeated: its last own student."""
    numbers = [stand(ratio) for ratio in SPEEDS]
    own = stand(0.1, 0.6, 1.5)
    with installation.sessions.begin() as s:
        published, lecturer = found(s, installation.lecturer)
        parts.measure_methods(s, published, conv, lecturer, METHODS)
        board.hide(s, published, found(s, numbers[2][0])[1], REASON, lecturer)
        repeated = board.verify_top(s, published, conv, lecturer, count=3)
        parts.finish(s, repeated[0], parts.make_timing(conv, 0.4, flags=("It was slower at its end.",)))
        parts.finish(s, repeated[1], parts.refused(conv, "A thread was started."))
        parts.finish(s, repeated[2], parts.make_timing(conv, 2.0))
    return own


def no_findings(page: Page) -> None:
    """Axe finds nothing at all, and nothing is wider than the page."""
    assert page.evaluate(OVERFLOW) <= 0
    violations = Axe().run(page).response["violations"]
    assert [f"{each['id']}: {each['nodes'][0]['html']}" for each in violations] == []


@pytest.fixture
def waiting(installation, conv):
    """A student whose solution waits to be timed: the number and the submission."""
    number = installation.student()
    with installation.sessions.begin() as s:
        published, person = found(s, number)
        submission = parts.solve(s, published, conv, person)
    return number, submission.id


@pytest.fixture
def finish(installation, conv):
    """Records a timing for a submission that waits for one."""

    def finish(submission_id: int, result) -> None:
        with installation.sessions.begin() as s:
            (run,) = timing.for_submission(s, parts.Submission(id=submission_id))
            parts.finish(s, run, result)

    return finish


@pytest.mark.parametrize("read", ["#source", ".checks .check"])
def test_the_speed_comes_in_without_moving_what_is_read(open_page, waiting, finish, conv, read):
    number, submission = waiting
    page = open_page(number)
    page.set_viewport_size({"width": 1280, "height": 420})
    page.goto(f"/submissions/{submission}/")
    expect(page.locator("#speed")).to_contain_text("Being timed")
    page.evaluate(
        "(selector) => document.querySelector(selector).scrollIntoView({block: 'center', behavior: 'instant'})", read
    )
    assert page.evaluate("window.scrollY") > 0
    page.evaluate("window.neverReloaded = true")
    before = page.evaluate(TOP, read)
    finish(submission, parts.make_timing(conv, 1.8))
    page.locator("#live[data-settled=true]").wait_for()
    expect(page.locator("#speed")).to_contain_text("1.8 times as fast as the reference")
    assert abs(page.evaluate(TOP, read) - before) <= 1
    assert page.evaluate("window.neverReloaded")
    expect(page).to_have_title("12/12 · Conv2d forward · Stride")
    expect(page.locator("#announcement")).to_contain_text("Timed: 1.8 times as fast as the reference")


def test_a_row_comes_in_without_moving_the_one_that_is_read(installation, open_page, full_board, waiting, finish, conv):
    number, submission = waiting
    page = open_page(installation.lecturer)
    page.set_viewport_size({"width": 1280, "height": 420})
    page.goto(BOARD)
    expect(page.locator("[data-part=queue]")).to_contain_text("of this assignment to come")
    page.evaluate("window.neverReloaded = true")
    read = page.get_by_role("row").filter(has=page.get_by_text("loops", exact=True))
    read.evaluate("(row) => row.scrollIntoView({block: 'start', behavior: 'instant'})")
    before = read.bounding_box()["y"]
    finish(submission, parts.make_timing(conv, 5.0))
    expect(page.get_by_role("link", name=number)).to_have_count(1)
    assert abs(read.bounding_box()["y"] - before) <= 2, "a row above it came in"
    assert page.evaluate("window.neverReloaded")


def test_a_student_who_waits_sees_their_place_when_it_comes(open_page, waiting, finish, conv):
    number, submission = waiting
    page = open_page(number)
    page.goto(BOARD)
    expect(page.get_by_text("waits to be timed")).to_be_visible()
    finish(submission, parts.make_timing(conv, 6.0))
    expect(page.get_by_text("6.0 times as fast as the reference")).to_be_visible()
    expect(page.get_by_text("waits to be timed")).to_have_count(0)
    expect(page.locator("#announcement")).to_contain_text("You are 1st")


def test_without_scripts_the_board_is_all_there(open_page, full_board, waiting):
    page = open_page(waiting[0], java_script_enabled=False)
    page.goto(BOARD)
    expect(page.get_by_text("waits to be timed")).to_be_visible()
    expect(page.get_by_role("rowheader", name="im2col")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [PHONE, 1280])
def test_axe_finds_nothing_on_any_page_of_speed(installation, open_page, full_board, waiting, scheme, width):
    number, run = full_board
    student = open_page(number, width=width, color_scheme=scheme)
    with installation.sessions() as s:
        submission = s.get(parts.TimingRun, run).submission_id
    for path in (BOARD, f"/submissions/{submission}/", BOARD.removesuffix("board/")):
        student.goto(path)
        no_findings(student)
    waits = open_page(waiting[0], width=width, color_scheme=scheme)
    waits.goto(f"/submissions/{waiting[1]}/")
    no_findings(waits)
    lecturer = open_page(installation.lecturer, width=width, color_scheme=scheme)
    for path in (BOARD, f"{BOARD}timings/{run}/"):
        lecturer.goto(path)
        lecturer.evaluate("document.querySelectorAll('main details').forEach((each) => { each.open = true; })")
        no_findings(lecturer)


def test_bars_of_all_rows_share_one_axis(open_page, full_board):
    page = open_page(full_board[0])
    page.goto(BOARD)
    scale = page.locator(".board .b-scale").bounding_box()
    for row in page.locator(".board .b-row").all():
        box = row.bounding_box()
        assert (box["x"], box["width"]) == (pytest.approx(scale["x"], abs=1), pytest.approx(scale["width"], abs=1))


def test_on_a_phone_a_row_is_a_card_that_still_reads_as_a_row(open_page, full_board):
    page = open_page(full_board[0], width=PHONE)
    page.goto(BOARD)
    own = page.get_by_role("row").filter(has=page.get_by_text("you", exact=True))
    expect(own.get_by_role("rowheader")).to_be_visible()
    expect(own.get_by_role("cell").filter(has_text="1.5 ×")).to_be_visible()
    scale, bar = page.locator(".board .b-scale").bounding_box(), own.locator(".b-row").bounding_box()
    assert bar["x"] == pytest.approx(scale["x"], abs=1)
    assert bar["width"] > 0.7 * PHONE


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_student_chooses_a_name_and_leaves_the_board(open_page, stand, complaints, scripts):
    complaints.expected = ("422",)
    number, _ = stand(1.2)
    stand(1.0, alias=f"calm owl {number}")
    page = open_page(number, java_script_enabled=scripts)
    page.goto(BOARD)
    page.get_by_label("Name", exact=True).fill(f"calm owl {number}")
    page.get_by_role("button", name="Save the name").click()
    expect(page.get_by_text("is taken in this course")).to_be_visible()
    page.get_by_label("Name", exact=True).fill(f"keen fox {number}")
    page.get_by_role("button", name="Save the name").click()
    expect(page.get_by_role("rowheader", name=f"keen fox {number}")).to_be_visible()
    page.get_by_role("button", name="Leave the boards").click()
    expect(page.get_by_text("You have left the boards of this course.").first).to_be_visible()


def test_a_lecturer_verifies_audits_and_hides(installation, open_page, stand):
    number, _ = stand(3.1, alias="swift fox")
    page = open_page(installation.lecturer)
    page.goto(BOARD)
    page.get_by_role("button", name="Verify the top ten again").click()
    expect(page.get_by_role("heading", name="Verified again")).to_be_visible()
    page.get_by_role("link", name="Audit the timing of swift fox").click()
    expect(page.get_by_role("img", name="Times of the calls")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV").click()
    assert len(download.value.path().read_text().splitlines()) == 1 + parts.PAIRS * parts.CALLS
    page.get_by_label("Why?").fill(REASON)
    page.get_by_role("button", name="Take it off the board").click()
    expect(page.get_by_role("button", name="Show it again")).to_be_visible()
    student = open_page(number)
    student.goto(BOARD)
    expect(student.get_by_text(REASON)).to_be_visible()
    other = open_page(installation.student())
    other.goto(BOARD)
    expect(other.get_by_text("swift fox")).to_have_count(0)
