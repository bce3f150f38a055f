"""A lecturer finds a question, draws it again, and writes one with the preview beside the text."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

BANK = "/courses/cnn-2026/questions/"


def editor(page: Page):
    return page.get_by_label("The question", exact=True)


def test_a_question_is_found_and_drawn_again(installation, open_page):
    page = open_page(installation.lecturer)
    page.get_by_role("link", name="Gradebook").click()
    page.get_by_role("link", name="Questions").click()
    page.get_by_label("Kind").select_option("Number")
    expect(page).to_have_url(re.compile("kind=numeric"))
    page.get_by_label("Find").fill("dilation")
    page.get_by_role("button", name="Find").click()
    page.get_by_role("link", name="Output size with stride, padding and dilation").click()
    first = page.locator(".drawn").inner_text()
    page.get_by_role("link", name="Draw again").click()
    expect(page.get_by_role("heading", name="Draw 1")).to_be_visible()
    assert page.locator(".drawn").inner_text() != first


def test_the_preview_follows_the_text_and_keeps_the_last_question_while_it_is_wrong(installation, open_page):
    page = open_page(installation.lecturer)
    page.goto(f"{BANK}new?kind=numeric")
    expect(page.locator("#preview-drawn")).to_contain_text("How many weights")
    text = editor(page).input_value()
    editor(page).fill(text.replace("How many weights", "How many numbers"))
    expect(page.locator("#preview-drawn")).to_contain_text("How many numbers")
    editor(page).fill(text.replace("f * k**2 * c", "f * k**2 *"))
    expect(page.locator("#preview-problem")).to_contain_text("draw.out")
    expect(page.locator("#preview-drawn")).to_have_class(re.compile("stale"))
    editor(page).fill(text)
    expect(page.locator("#preview-problem")).to_have_count(0)
    expect(page.locator("#preview-drawn")).not_to_have_class(re.compile("stale"))
    before = page.locator("#preview-drawn").inner_text()
    page.get_by_role("button", name="Draw again").click()
    expect(page.locator("#preview-drawn")).not_to_have_text(before)


def test_a_question_without_numbers_offers_no_other_draw(installation, open_page):
    page = open_page(installation.lecturer)
    page.goto(f"{BANK}new?kind=true_false")
    expect(page.locator("#preview-drawn")).to_be_visible()
    expect(page.get_by_role("button", name="Draw again")).to_be_hidden()


def test_a_question_is_written_refused_mended_and_deleted(installation, open_page, complaints):
    complaints.expected = ("422",)
    page = open_page(installation.lecturer)
    page.goto(f"{BANK}new?kind=multiple")
    text = editor(page).input_value()
    editor(page).fill(text.replace('id = "layers', 'id = "Layers'))
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#text-error")).to_contain_text("no name such as output-size")
    editor(page).fill(text)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("layers-with-weights is saved.")).to_be_visible()
    page.get_by_text("Delete", exact=True).click()
    page.get_by_role("button", name="Delete layers-with-weights").click()
    expect(page.get_by_text("layers-with-weights is deleted.")).to_be_visible()


def test_without_a_script_the_form_has_a_preview_button(installation, open_page):
    page = open_page(installation.lecturer, java_script_enabled=False)
    page.goto(f"{BANK}new?kind=single")
    editor(page).fill(editor(page).input_value().replace("What does a larger stride", "What does a stride of 2"))
    page.get_by_role("button", name="Preview").click()
    expect(page.locator("#preview-drawn")).to_contain_text("What does a stride of 2")


@pytest.mark.parametrize("path", ["", "03-sizes/output-size/?seed=3", "new", "import", "export?topic=03-sizes"])
@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_the_pages_can_be_read_by_everybody_and_fit_the_screen(installation, open_page, path, width, scheme):
    page = open_page(installation.lecturer, width, color_scheme=scheme)
    page.goto(BANK + path)
    found = Axe().run(page).response["violations"]
    assert [f"{each['id']}: {each['nodes'][0]['html']}" for each in found] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
