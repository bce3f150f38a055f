"""On a phone, in the dark, by keyboard."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

ASSIGNMENT = "/courses/cnn-2026/assignments/04-conv-forward/"
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
OPEN_ALL = "document.querySelectorAll('main details').forEach((each) => { each.open = true; })"
LECTURERS = ["/", "/courses/cnn-2026/gradebook", "/courses/cnn-2026/publishing/", "/courses/cnn-2026/roster/"]


def overflow(page: Page, path: str) -> int:
    page.goto(path)
    page.evaluate(OPEN_ALL)
    return page.evaluate(OVERFLOW)


@pytest.mark.parametrize("width", [360, 768, 1280])
def test_no_page_is_wider_than_the_screen(installation, open_page, hand_in, until_graded, mistake, width):
    number = installation.student("Maximiliane Alexandra von und zu Hohenstein-Langenfeld")
    student = open_page(number, width=width)
    hand_in(student, mistake)
    until_graded(student)
    work = student.url
    for path in ["/", "/password", ASSIGNMENT, work]:
        assert overflow(student, path) <= 0, path
    lecturer = open_page(installation.lecturer, width=width)
    for path in [*LECTURERS, work]:
        assert overflow(lecturer, path) <= 0, path
    assert overflow(open_page(width=width), "/sign-in") <= 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_follow_the_systems_colours(open_page, scheme):
    page = open_page(color_scheme=scheme)
    assert page.evaluate("document.documentElement.dataset.bsTheme") == scheme
    background = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (int(background.split("(")[1].split(",")[0]) < 60) == (scheme == "dark")
    page.emulate_media(color_scheme="light" if scheme == "dark" else "dark")
    page.wait_for_function("(scheme) => document.documentElement.dataset.bsTheme !== scheme", arg=scheme)


def test_the_tab_key_indents_and_lets_keyboard_users_out(installation, open_page):
    page = open_page(installation.student())
    page.goto(ASSIGNMENT)
    editor = page.locator("#code")
    editor.fill("def f():\nreturn 1\nx\n")
    editor.evaluate("(e) => { e.focus(); e.setSelectionRange(9, 9); }")
    page.keyboard.press("Tab")
    expect(editor).to_have_value("def f():\n    return 1\nx\n")
    editor.evaluate("(e) => e.setSelectionRange(10, 23)")
    page.keyboard.press("Tab")
    expect(editor).to_have_value("def f():\n        return 1\n    x\n")
    page.keyboard.press("Shift+Tab")
    expect(editor).to_have_value("def f():\n    return 1\nx\n")
    page.keyboard.press("Control+z")
    expect(editor).to_have_value("def f():\n        return 1\n    x\n")
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Hand in this code")).to_be_focused()


def test_the_first_tab_leads_past_the_header(installation, open_page):
    page = open_page(installation.student())
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to the content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_the_menu_opens_and_closes_by_keyboard(installation, open_page):
    number = installation.student()
    page = open_page(number)
    menu = page.locator("details.menu summary")
    menu.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Sign out")).to_be_hidden()
    expect(menu).to_be_focused()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_text("You are signed out.")).to_be_visible()


def test_formulas_are_set_by_the_browser(installation, open_page):
    page = open_page(installation.student())
    page.goto(ASSIGNMENT)
    formula = page.locator("math[display=block]").first
    assert formula.bounding_box()["height"] > 20
    assert page.evaluate("document.querySelector('math') instanceof MathMLElement")


def test_a_line_number_in_a_message_leads_to_the_line(installation, open_page, hand_in, until_graded, tmp_path):
    page = open_page(installation.student())
    file = tmp_path / "conv.py"
    file.write_text("def conv_forward(x, w, b, conv_param):\n    return 1 / 0\n")
    hand_in(page, file)
    until_graded(page)
    page.locator("details.check").first.get_by_role("link", name="line 2").click()
    assert page.url.endswith("#line-2")
    expect(page.locator("#line-2")).to_be_in_viewport()
