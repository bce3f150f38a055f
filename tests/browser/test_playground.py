"""Both playgrounds in a real browser: answers at once, a link to share, a pixel by mouse and keyboard, an upload."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect


def formula(page: Page, text: str) -> None:
    expect(page.locator("[data-formula]").first).to_have_attribute("data-formula", text)


def test_a_convolution_follows_every_change_and_the_address_with_it(installation, open_page):
    page = open_page()
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Playground").click()
    formula(page, "⌊(64 + 2·0 − 1·(3 − 1) − 1) / 1⌋ + 1 = 62")
    page.get_by_label("Stride").fill("2")
    page.get_by_label("Padding").fill("1")
    formula(page, "⌊(64 + 2·1 − 1·(3 − 1) − 1) / 2⌋ + 1 = 32")
    expect(page.get_by_text("Output 32 × 32", exact=True)).to_be_visible()
    page.get_by_label("Its numbers").fill("1 1 1 1 1")
    expect(page.locator("[data-formula]")).to_have_count(2)
    expect(page.locator("#kernel")).to_have_value("own")
    expect(page.get_by_text("Output 33 × 31", exact=True)).to_be_visible()
    page.wait_for_url("**numbers=1+1+1+1+1**")
    shared = open_page()
    shared.goto(page.url)
    expect(shared.get_by_text("Output 33 × 31", exact=True)).to_be_visible()
    expect(shared.get_by_label("Its numbers")).to_have_value("1 1 1 1 1")


def test_an_output_pixel_is_chosen_by_mouse_and_by_keyboard(installation, open_page):
    page = open_page()
    page.goto("/playground/convolution?image=dot&size=8&kernel=identity")
    box = page.locator("#pick svg").bounding_box()
    page.mouse.click(box["x"] + box["width"] * 3.5 / 6, box["y"] + box["height"] * 3.5 / 6)
    expect(page.get_by_role("heading", name="How output row 3, column 3 became 255")).to_be_visible()
    page.locator("#pick").focus()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowUp")
    expect(page.get_by_role("heading", name="How output row 2, column 2 became 0")).to_be_visible()
    expect(page.locator("#pick")).to_be_focused()
    expect(page.get_by_label("Row", exact=True)).to_have_value("2")
    expect(page.locator("#play-announcement")).to_have_text("Output 6 × 6. Row 2, column 2: 0.")


def test_an_impossible_setting_keeps_what_was_typed_and_the_last_result(installation, open_page):
    page = open_page()
    page.goto("/playground/convolution?size=8")
    page.get_by_label("Dilation").fill("4")
    expect(page.locator("#numbers-error")).to_contain_text("A kernel that spans 9 pixels does not fit into 8.")
    expect(page.get_by_label("Dilation")).to_have_value("4")
    expect(page.locator(".stale #pick")).to_be_visible()
    page.get_by_label("Dilation").fill("3")
    formula(page, "⌊(8 + 2·0 − 3·(3 − 1) − 1) / 1⌋ + 1 = 2")
    expect(page.locator("#numbers-error")).to_be_hidden()


def test_pooling_shows_sizes_and_what_a_shift_leaves_equal(installation, open_page):
    page = open_page()
    page.goto("/playground/pooling")
    formula(page, "⌊(64 − 2) / 2⌋ + 1 = 32")
    page.get_by_label("Which one").select_option("noise")
    page.get_by_label("Longer side").select_option("256")
    for name in ("Height", "Width", "Stride"):
        page.get_by_label(name, exact=True).fill("3")
    formula(page, "⌊(256 − 3) / 3⌋ + 1 = 85")
    expect(page.locator("[data-kept=max]")).to_have_text("49.6 %")
    expect(page.locator("[data-kept=mean]")).to_have_text("0.0 %")
    expect(page.get_by_text("for noise only")).to_contain_text("50.0 %")


@pytest.fixture
def photograph(tmp_path: Path) -> Path:
    path = tmp_path / "holiday.jpg"
    Image.fromarray(np.random.default_rng(5).integers(0, 256, (300, 600, 3), dtype=np.uint8)).save(path)
    return path


@pytest.mark.parametrize("with_script", [True, False])
def test_an_own_picture_stays_while_settings_change(installation, open_page, photograph, with_script):
    page = open_page(java_script_enabled=with_script)
    page.goto("/playground/convolution")
    page.get_by_label("My own picture").set_input_files(photograph)
    if not with_script:
        page.get_by_role("button", name="Use this picture").click()
    expect(page.get_by_text("Input 32 × 64", exact=True)).to_be_visible()
    page.get_by_label("Longer side").select_option("128")
    if not with_script:
        page.get_by_role("button", name="Show").click()
    expect(page.get_by_text("Input 64 × 128", exact=True)).to_be_visible()
    expect(page.get_by_text("Output 62 × 126", exact=True)).to_be_visible()


def test_without_a_script_a_button_shows_the_result(installation, open_page):
    page = open_page(java_script_enabled=False)
    page.goto("/playground/pooling")
    page.get_by_label("Stride").fill("5")
    page.get_by_role("button", name="Show").click()
    formula(page, "⌊(64 − 2) / 5⌋ + 1 = 13")
    page.get_by_label("Row", exact=True).fill("4")
    page.get_by_label("Column", exact=True).fill("7")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("heading", name="How output row 4, column 7 became")).to_be_visible()


@pytest.mark.parametrize("width", [320, 360])
@pytest.mark.parametrize("path", ["convolution?colour=colour&pad=3", "pooling"])
def test_nothing_is_wider_than_a_phone(installation, open_page, path, width):
    page = open_page(width=width)
    page.goto(f"/playground/{path}")
    assert page.evaluate("document.documentElement.scrollWidth") == width
