"""A notebook and a zip, from the file chooser to their feedback, in a real browser over the real grader."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.grader.contract.uploads import notebook, zip_of


def test_a_notebook_is_handed_in_and_its_feedback_names_the_cell(
    installation, open_page, hand_in, until_graded, tmp_path
):
    path = tmp_path / "my conv.ipynb"
    cells = ("%matplotlib inline\nimport numpy as np", "def conv_forward(x, w, b, conv_param):\n    return x[99], None")
    path.write_bytes(notebook(*cells))
    page = open_page(installation.student())
    hand_in(page, path)
    until_graded(page)
    expect(page.locator("#notes")).to_contain_text("Cell 1: left out %matplotlib inline.")
    link = page.locator("details.check[open]").get_by_role("link", name="cell 2, line 2")
    link.click()
    row = page.locator("tr:target")
    expect(row).to_contain_text("return x[99], None")
    expect(row.locator(".line-number")).to_have_attribute("data-number", "2")
    with page.expect_download() as download:
        page.get_by_role("link", name="Notebook", exact=True).click()
    assert download.value.suggested_filename == "my_conv.ipynb"


def test_several_files_reach_full_marks_as_a_zip(installation, open_page, hand_in, until_graded, tmp_path, solution):
    path = tmp_path / "mine.zip"
    path.write_bytes(zip_of({"mine/conv.py": "from layers import *\n", "mine/layers.py": solution.read_text()}))
    page = open_page(installation.student())
    hand_in(page, path)
    until_graded(page)
    expect(page.locator(".verdict")).to_contain_text("Every check passed")
    page.locator(".facts").get_by_role("link", name="layers.py").click()
    assert re.search(r"#layers-line-1$", page.url)


def test_a_notebook_that_is_too_large_is_stopped_before_it_is_sent(installation, open_page, tmp_path):
    page = open_page(installation.student())
    large = tmp_path / "conv.ipynb"
    large.write_bytes(b" " * 5_000_000)
    page.goto("/courses/cnn-2026/assignments/04-conv-forward/")
    page.get_by_label("Your conv.py").set_input_files(large)
    expect(page.locator("#file-error")).to_contain_text(
        "a notebook may have 4,096 KiB at most. Clear its outputs first."
    )
