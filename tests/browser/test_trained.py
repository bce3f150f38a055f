"""A trained network in a real browser over the real grader: two files together, its figures, kept weights."""

from __future__ import annotations

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from safetensors.numpy import save

from tests.grader.trained_network import NET, state, write_folder

ASSIGNMENT = "/courses/cnn-2026/assignments/91-network/"


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("assignments") / "91-network"
    write_folder(folder)
    return folder


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    """The code and the weights, as they lie in a student's folder."""
    (tmp_path / "model.py").write_text(NET)
    (tmp_path / "weights.safetensors").write_bytes(save(state()))
    return [tmp_path / "model.py", tmp_path / "weights.safetensors"]


def serious(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [violation["id"] for violation in found if violation["impact"] in ("serious", "critical")]


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (360, "dark")])
def test_both_files_are_handed_in_together_and_the_figures_appear(
    installation, open_page, files, until_graded, width, scheme
):
    page = open_page(installation.student(), width, color_scheme=scheme)
    page.goto(ASSIGNMENT)
    assert serious(page) == []
    page.get_by_label("Your model.py and weights.safetensors").set_input_files(files)
    page.get_by_role("button", name="Hand in the file").click()
    page.wait_for_url("**/submissions/*/")
    until_graded(page)
    expect(page.locator(".model")).to_contain_text("100.0%")
    expect(page.locator(".model")).to_contain_text("38")
    page.get_by_text("Names, types and shapes").click()
    expect(page.get_by_role("row", name="out.weight F32 2 × 16")).to_be_visible()
    assert serious(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    with page.expect_download() as download:
        page.locator("#weights").get_by_role("link", name="Download").click()
    assert Path(download.value.path()).read_bytes() == files[1].read_bytes()


def test_the_editor_goes_on_with_the_weights_of_an_earlier_submission(installation, open_page, files, until_graded):
    page = open_page(installation.student())
    page.goto(ASSIGNMENT)
    page.get_by_label("Your model.py and weights.safetensors").set_input_files(files)
    page.get_by_role("button", name="Hand in the file").click()
    page.wait_for_url("**/submissions/*/")
    first = page.url
    page.goto(ASSIGNMENT)
    expect(page.locator("#write").get_by_label("Keep the weights of submission #1")).to_be_checked()
    page.get_by_role("button", name="Hand in this code").click()
    page.wait_for_url(lambda url: "/submissions/" in url and url != first)
    until_graded(page)
    expect(page.locator(".verdict")).to_contain_text("Full marks")


def test_weights_that_are_too_large_are_stopped_before_they_are_sent(installation, open_page, files):
    files[1].write_bytes(bytes(1_200_000))
    page = open_page(installation.student())
    page.goto(ASSIGNMENT)
    page.get_by_label("Your model.py and weights.safetensors").set_input_files(files)
    expect(page.locator("#file-error")).to_contain_text("a .safetensors file may have 1,024 KiB at most.")
