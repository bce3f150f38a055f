"""A lecturer's way through the pages."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

from playwright.sync_api import expect

from server.services import courses


def test_the_table_leads_to_a_submission_with_its_source(
    installation, open_page, hand_in, until_graded, mistake, solution
):
    number = installation.student("Ada Lovelace")
    student = open_page(number)
    for file in (mistake, solution):
        hand_in(student, file)
        until_graded(student)
    page = open_page(installation.lecturer)
    page.get_by_role("link", name="Gradebook").click()
    row = page.get_by_role("row").filter(has_text=number)
    expect(row).to_contain_text("Ada Lovelace")
    cell = row.get_by_role("cell").first
    expect(cell).to_have_class(re.compile("band-[34]"))  # without the points for speed, or with them
    cell.get_by_role("link").click()
    expect(page.get_by_role("row")).to_have_count(3)
    expect(page.get_by_role("row").nth(1)).to_contain_text("Counts")
    page.get_by_role("row").nth(2).get_by_role("link").click()
    expect(page.locator(".hint").first).to_contain_text("padding is ignored")
    expect(page.get_by_text("Ada Lovelace").first).to_be_visible()
    expect(page.locator(".listing")).to_contain_text("def conv_forward")
    page.get_by_role("button", name="Regrade").click()
    until_graded(page)
    expect(page.locator(".attempts li")).to_have_count(2)


def test_the_table_is_filtered_and_downloaded(installation, open_page, tmp_path: Path):
    wanted, other = installation.student("Grace Hopper"), installation.student("Emmy Noether")
    page = open_page(installation.lecturer)
    page.goto("/courses/cnn-2026/gradebook")
    page.get_by_role("searchbox").fill("hopper")
    expect(page.get_by_role("row").filter(has_text=wanted)).to_be_visible()
    expect(page.get_by_role("row").filter(has_text=other)).to_be_hidden()
    expect(page.get_by_role("status").filter(has_text="1 of")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV").click()
    download.value.save_as(tmp_path / "grades.csv")
    assert wanted in (tmp_path / "grades.csv").read_text(encoding="utf-8-sig")


def test_times_are_entered_and_shown_in_the_readers_zone(installation, open_page):
    page = open_page(installation.lecturer, timezone_id="America/New_York")
    page.goto("/courses/cnn-2026/publishing/")
    page.locator("details.offer", has_text="Conv2d forward").locator("summary").click()
    expect(page.locator("details.offer[open]").get_by_text("America/New_York")).to_be_visible()
    form = page.locator("details.offer[open] form")
    form.get_by_label("Due").fill("2031-07-04T20:30")
    form.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Conv2d forward is saved.")).to_be_visible()
    with installation.sessions() as s:
        course = courses.course_by_slug(s, "cnn-2026")
        published = courses.published_as(s, course, "04-conv-forward")
        assert published.due_at == datetime(2031, 7, 5, 0, 30, tzinfo=UTC)
    expect(page.locator("details.offer", has_text="Conv2d forward").get_by_label("Due")).to_have_value(
        "2031-07-04T20:30"
    )
    shown = page.locator("details.offer", has_text="Conv2d forward").locator("time").first
    expect(shown).to_have_text(re.compile(r"Fri,? 4 Jul 2031, 20:30"))
    abroad = open_page(installation.student(), timezone_id="Asia/Tokyo")
    expect(abroad.locator(".assignment-due time").first).to_have_text(
        re.compile(r"in \d+ years · Sat,? 5 Jul 2031, 09:30")
    )


def test_a_new_student_comes_by_code_and_chooses_a_password(installation, open_page):
    page = open_page(installation.lecturer)
    page.goto("/courses/cnn-2026/roster/")
    page.get_by_label("Student numbers").fill("600001\n")
    page.get_by_role("button", name="Enrol").click()
    expect(page.get_by_text("1 enrolled")).to_be_visible()
    page.get_by_role("button", name="One-time code for 600001").click()
    code = page.locator(".codes-code").inner_text()
    expect(page.get_by_role("button", name="Print")).to_be_visible()
    student = open_page()
    student.get_by_text("I have a one-time code").click()
    student.get_by_label("One-time code", exact=True).fill(code.lower())
    student.get_by_role("button", name="Sign in with the code").click()
    student.get_by_label("New password", exact=True).fill("three calm blue whales")
    student.get_by_label("New password again").fill("three calm blue whales")
    student.get_by_role("button", name="Save the password").click()
    expect(student.get_by_role("link", name="Conv2d forward", exact=True)).to_be_visible()
