"""What a check shows: a chart that grows while a network trains, and the feature maps of that network."""

from __future__ import annotations

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.tiny_network import ACCEPTED, EPOCHS, FIGURES, SLOW, TITLE, write_tiny_network

SERIOUS = ("serious", "critical")
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
WATCH = """() => {
  window.neverReloaded = true;
  window.watched = [];
  const note = () => {
    const running = document.querySelector("details.check.busy");
    if (running) window.watched.push([running.querySelectorAll(".c-dot").length, running.innerText]);
  };
  note();
  new MutationObserver(note).observe(document.getElementById("live"), { childList: true });
}"""

FOLDS = """(selector) => {
  window.folds = [];
  const note = () => document.querySelectorAll(selector).forEach((each) => window.folds.push(each.open));
  new MutationObserver(note).observe(document.getElementById("live"), { childList: true });
}"""


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tiny_network(tmp_path_factory.mktemp("assignments"))


@pytest.fixture
def hand_in_text(tmp_path):
    def hand_in(page, text: str) -> None:
        file = tmp_path / "tiny.py"
        file.write_text(text)
        page.goto("/")
        page.get_by_role("link", name=TITLE).click()
        page.get_by_label("Your tiny.py").set_input_files(file)
        page.get_by_role("button", name="Hand in the file").click()
        page.wait_for_url("**/submissions/*/")

    return hand_in


@pytest.fixture
def graded(installation, open_page, hand_in_text, until_graded):
    """A student's page of a network that has been trained."""

    def graded(**options):
        page = open_page(installation.student(), **options)
        hand_in_text(page, ACCEPTED)
        until_graded(page)
        return page

    return graded


def test_the_chart_grows_while_the_network_trains(installation, open_page, hand_in_text, until_graded):
    page = open_page(installation.student())
    hand_in_text(page, SLOW)
    page.evaluate(WATCH)
    until_graded(page)
    watched = page.evaluate("window.watched")
    counts = [dots for dots, _ in watched]
    assert len(set(counts)) >= 3, counts
    assert counts == sorted(counts)
    assert "It learns three figures" in watched[0][1]
    assert page.evaluate("window.neverReloaded")
    assert page.locator("details.check.busy").count() == 0
    check = page.locator("details.check", has_text="It learns three figures")
    expect(check).to_have_attribute("open", "")
    expect(check.locator(".c-dot")).to_have_count(EPOCHS)
    expect(check.get_by_role("img", name="Training: mean loss (nats) over epoch")).to_be_visible()
    assert "Secret" not in page.content()


@pytest.mark.parametrize(
    ("summary", "folded", "is_open"),
    [
        (".check-status", "details.check.busy", False),
        (".chart-values summary", "details.check.busy .chart-values", True),
    ],
    ids=["the check closed", "the table opened"],
)
def test_what_was_folded_by_hand_stays_so_while_the_chart_grows(
    installation, open_page, hand_in_text, until_graded, summary, folded, is_open
):
    page = open_page(installation.student())
    hand_in_text(page, SLOW)
    page.locator("details.check.busy").locator(summary).click()
    page.evaluate(FOLDS, folded)
    until_graded(page)
    seen = page.evaluate("window.folds")
    assert seen, "the page was updated while the check went on"
    assert set(seen) == {is_open}


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_one_image_is_chosen_at_a_time(installation, open_page, hand_in_text, scripts):
    page = open_page(installation.student(), java_script_enabled=scripts)
    hand_in_text(page, ACCEPTED)
    maps = page.locator("figure.maps")
    maps.wait_for()
    panels = maps.locator(".maps-panel")
    assert panels.count() == len(FIGURES)
    for number, name in enumerate(FIGURES):
        maps.get_by_text(name, exact=True).first.click()
        for other in range(len(FIGURES)):
            expect(panels.nth(other)).to_be_visible(visible=other == number)
        expect(panels.nth(number).get_by_role("img")).to_have_count(3)


def test_images_are_chosen_by_keyboard(graded):
    page = graded()
    first, second = (page.get_by_role("radio", name=name) for name in FIGURES[:2])
    first.focus()
    page.keyboard.press("ArrowRight")
    expect(second).to_be_checked()
    expect(page.get_by_role("group", name=f"Maps of {FIGURES[1]}")).to_be_visible()


def test_the_values_stand_in_a_table(graded):
    page = graded()
    page.get_by_text("The values as a table").click()
    expect(page.locator(".chart-values tbody tr")).to_have_count(EPOCHS)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_figures_fit_and_axe_finds_nothing_serious(graded, scheme, width):
    page = graded(width=width, color_scheme=scheme)
    page.evaluate("document.querySelectorAll('main details').forEach((each) => { each.open = true; })")
    assert page.evaluate(OVERFLOW) <= 0
    for shown in page.locator("figure :is(svg, img):visible").all():
        box = shown.bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
    found = [finding for finding in Axe().run(page).response["violations"] if finding["impact"] in SERIOUS]
    assert [(finding["id"], [node["html"] for node in finding["nodes"]]) for finding in found] == []
