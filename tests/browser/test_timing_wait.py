"""Waiting to be timed, in the browser: the page follows its place, and one's own order is turned round on it."""

from __future__ import annotations

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from grader.contract import load_assignment
from server.services import accounts, courses, timing, timing_queue
from tests.server import board_parts as parts

OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
PHONE = 320


@pytest.fixture(scope="module")
def published(tmp_path_factory) -> Path:
    return parts.write_timed(tmp_path_factory.mktemp("assignments"))


@pytest.fixture
def solve(installation, published):
    """Somebody hands in what passes all checks: the submission's number."""
    conv = load_assignment(published)

    def solve(number: str) -> int:
        with installation.sessions.begin() as s:
            place = courses.published_as(s, courses.course_by_slug(s, "cnn-2026"), conv.id)
            return parts.solve(s, place, conv, accounts.person_by_number(s, number)).id

    return solve


@pytest.fixture
def begin(installation):
    """A grader begins with the timing of a submission."""

    def begin(submission: int) -> None:
        with installation.sessions.begin() as s:
            (run,) = timing.for_submission(s, parts.Submission(id=submission))
            assert timing.begin(s, run.id, run.attempt)

    return begin


def test_a_student_follows_the_queue_and_has_an_older_submission_timed_first(installation, open_page, solve, begin):
    other, own = installation.student(), installation.student()
    ahead = [solve(other) for _ in range(timing_queue.AHEAD)]
    older, newer = solve(own), solve(own)
    page = open_page(own, width=PHONE)
    page.goto(f"/submissions/{older}/")
    speed = page.locator("#speed")

    expect(speed).to_contain_text("3 timings come first.")
    expect(speed.get_by_role("link", name="Another submission of yours")).to_have_attribute(
        "href", f"/submissions/{newer}/#speed"
    )
    assert page.evaluate(OVERFLOW) <= 0
    assert [each["id"] for each in Axe().run(page).response["violations"]] == []
    speed.get_by_role("button", name="Time this one first").click()
    expect(page.get_by_text("It is timed before the other submissions that wait.")).to_be_visible()
    expect(speed).to_contain_text("2 timings come first.")

    page.evaluate("window.neverReloaded = true")
    for submission in (*ahead, older):
        begin(submission)
    expect(speed).to_contain_text("It runs now, beside the reference", timeout=60_000)
    assert page.evaluate("window.neverReloaded")
