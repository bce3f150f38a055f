"""A student's way through the pages, in a real browser over the real grader."""

from __future__ import annotations

import re

from playwright.sync_api import expect

WATCH = """() => {
  window.neverReloaded = true;
  window.watched = [];
  const note = () => window.watched.push([
    document.querySelector(".verdict").innerText, document.title, document.getElementById("announcement").textContent,
  ]);
  note();
  new MutationObserver(note).observe(document.getElementById("live"), { childList: true });
}"""


def test_a_solution_is_watched_from_the_queue_to_full_marks_without_a_reload(
    installation, open_page, hand_in, until_graded, slow, solution, mistake
):
    other = open_page(installation.student())
    hand_in(other, slow(mistake))
    page = open_page(installation.student())
    hand_in(page, slow(solution))
    page.evaluate(WATCH)
    until_graded(page)
    watched = page.evaluate("window.watched")
    states = [re.sub(r"\s+", " ", text) for text, _, _ in watched]
    assert states[0].startswith("Waiting Next in the queue")
    assert any(re.search(r"Being graded [1-9]\d* of 17 checks", state) for state in states)
    assert states[-1].startswith("10 / 12 points")
    announced = list(dict.fromkeys(announcement for _, _, announcement in watched if announcement))
    assert announced == ["Grading has begun.", "Graded: 10 of 12 points. Every check passed. It is being timed."]
    assert watched[-1][1].startswith("10/12")
    assert page.evaluate("window.neverReloaded")
    expect(page.locator("#history")).to_contain_text("10 / 12")
    expect(page.get_by_text("17 of 17 checks passed")).to_be_visible()


def test_a_mistake_is_named_in_the_first_failing_check_which_is_open(
    installation, open_page, hand_in, until_graded, mistake
):
    page = open_page(installation.student())
    hand_in(page, mistake)
    until_graded(page)
    first = page.locator("details.check").first
    expect(first).to_have_attribute("open", "")
    expect(first.locator(".hint")).to_contain_text("padding is ignored")
    expect(first).to_contain_text("Wrong result")
    assert page.locator("details.check[open]").count() == 1
    score = page.locator(".verdict-score").bounding_box()
    assert score["y"] < first.bounding_box()["y"], "the score comes first"
    page.reload()
    expect(page.locator("details.check").first.locator(".hint")).to_contain_text("padding is ignored")


def test_a_mistake_is_mended_from_the_feedback(installation, open_page, hand_in, until_graded, mistake, solution):
    page = open_page(installation.student())
    hand_in(page, mistake)
    until_graded(page)
    page.get_by_role("link", name="Hand in again").click()
    page.get_by_label("Your latest submission").fill(solution.read_text())
    page.get_by_role("button", name="Hand in this code").click()
    page.wait_for_url("**/submissions/*/")
    until_graded(page)
    expect(page.locator(".verdict")).to_contain_text("Every check passed")
    page.get_by_role("navigation", name="Main").get_by_role("link", name="My courses").click()
    expect(page.locator(".assignment-score").first).to_contain_text(re.compile(r"1[0-2] / 12"))
    expect(page.locator(".assignment-score").first).to_contain_text("Best of 2")


def test_a_refused_upload_keeps_the_text(installation, open_page, complaints, tmp_path):
    complaints.expected = ("status of 422",)
    page = open_page(installation.student())
    broken = tmp_path / "conv.py"
    broken.write_text("def conv_forward(x, w, b, conv_param):\n    return x[[\n")
    page.goto("/courses/cnn-2026/assignments/04-conv-forward/")
    page.get_by_label("Your conv.py").set_input_files(broken)
    page.get_by_role("button", name="Hand in the file").click()
    refusal = page.get_by_role("alert").first
    expect(refusal).to_contain_text("not valid Python (line 2")
    expect(refusal).to_be_focused()
    editor = page.get_by_label("What you handed in")
    expect(editor).to_have_value(broken.read_text())
    editor.fill("def conv(x):\n    return x\n")
    page.get_by_role("button", name="Hand in this code").click()
    expect(page.get_by_role("alert").first).to_contain_text("does not define the function conv_forward")
    expect(page.get_by_label("What you handed in")).to_have_value("def conv(x):\n    return x\n")


def test_a_file_that_is_too_large_is_stopped_before_it_is_sent(installation, open_page, tmp_path):
    page = open_page(installation.student())
    large = tmp_path / "conv.py"
    large.write_bytes(b"#" * 5_000_000)
    page.goto("/courses/cnn-2026/assignments/04-conv-forward/")
    page.get_by_label("Your conv.py").set_input_files(large)
    page.get_by_role("button", name="Hand in the file").click()
    expect(page.locator("#file-error")).to_contain_text("256 KiB at most")
    assert page.url.endswith("/04-conv-forward/")


def test_a_file_that_is_far_too_large_gets_a_page_and_no_broken_connection(
    installation, open_page, tmp_path, complaints
):
    complaints.expected = ("status of 413",)
    page = open_page(installation.student(), java_script_enabled=False)
    large = tmp_path / "conv.py"
    large.write_bytes(b"#" * 30_000_000)
    page.goto("/courses/cnn-2026/assignments/04-conv-forward/")
    page.get_by_label("Your conv.py").set_input_files(large)
    page.get_by_role("button", name="Hand in the file").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("The upload is too large")


def test_everything_works_without_scripts(installation, open_page, hand_in, mistake):
    page = open_page(installation.student(), java_script_enabled=False)
    hand_in(page, mistake)
    expect(page.locator(".verdict-score")).to_contain_text("3.75")
    expect(page.locator("details.check").first.locator(".hint")).to_contain_text("padding is ignored")


def test_a_live_update_moves_nothing_that_one_is_reading(installation, open_page, hand_in, until_graded, slow, mistake):
    page = open_page(installation.student())
    hand_in(page, slow(mistake))
    page.set_viewport_size({"width": 1280, "height": 360})
    line = page.locator("#line-12")
    page.locator(".verdict.running").wait_for()
    line.evaluate("line => line.scrollIntoView({block: 'center', behavior: 'instant'})")
    before = line.bounding_box()["y"]
    until_graded(page)
    assert page.locator("details.check").count() == 17
    assert abs(line.bounding_box()["y"] - before) < 2


def test_a_check_that_was_opened_stays_open_and_keeps_the_focus(
    installation, open_page, hand_in, until_graded, slow, mistake
):
    page = open_page(installation.student())
    hand_in(page, slow(mistake))
    check = page.locator("details.check").first
    check.wait_for()
    summary = page.locator("details.check", has_text="One 3×3 kernel").locator("summary")
    summary.click()
    until_graded(page)
    expect(page.locator("details.check", has_text="One 3×3 kernel")).to_have_attribute("open", "")
    expect(summary).to_be_focused()


def test_a_lost_connection_is_said_and_mended(
    installation, open_page, hand_in, until_graded, slow, solution, complaints
):
    complaints.expected = ("net::ERR_FAILED",)
    page = open_page(installation.student())
    page.route("**/state*", lambda route: route.abort())
    hand_in(page, slow(solution))
    expect(page.locator("#connection")).to_contain_text("Your submission is safe")
    page.unroute("**/state*")
    until_graded(page)
    expect(page.locator("#connection")).to_be_hidden()
