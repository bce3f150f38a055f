"""What checks show, on the submission's page: while one goes on, and when it has ended."""

from __future__ import annotations

import base64
import re

import pytest

from grader.contract import Progress, Visibility
from grader.contract.figure import Chart, Curve, FeatureMaps, Layer, Planes
from grader.contract.job import Running
from server.models import Submission, utcnow
from server.services import grading

PAGE = "/submissions/1/"
NAMES = ("disc", "<i>ring</i>")


def chart(count: int = 3, title: str = "Training") -> Chart:
    losses = [2.3 / (number + 1) for number in range(count)]
    return Chart(title, "epoch", "mean loss (nats)", (Curve.of("<b>loss</b>", losses),), limit=1.0, note="It falls.")


def planes(count: int) -> Planes:
    return Planes(4, 4, 0.0, 1.0, base64.b64encode(bytes(range(16)) * count).decode())


MAPS = FeatureMaps("What it sees", NAMES, planes(2), (Layer("c1", (3, 4, 4), planes(6)),), planes(3))


@pytest.fixture
def running(sessions, submission):
    """Says what the second of three checks shows so far, as the server's worker does."""

    def running(count: int, done: int = 1, checks=()) -> None:
        shown = Running("test_learns", "It <learns>", (chart(count),)) if count else None
        with sessions.begin() as s:
            grading.progress(s, Progress(submission.id, 1, done, 3, 60.0, checks, shown), now=utcnow())

    return running


def state(visitor, seen: str = "") -> dict:
    return visitor.get(f"{PAGE}state?seen={seen}").get_json()


def test_the_running_check_is_shown_with_its_chart(ada, running):
    running(2)
    page = ada.text(PAGE)
    (shown,) = re.findall(r'<details class="check busy".*?</section>', page, re.DOTALL)
    assert "It &lt;learns&gt;" in shown
    assert shown.count("<circle") == 2
    assert "1</strong> of 3 checks" in page


def test_a_page_hears_of_every_new_point_and_of_nothing_else(ada, running):
    running(1)
    first = state(ada)
    assert "html" not in state(ada, first["version"])
    running(1)
    assert "html" not in state(ada, first["version"])
    running(2)
    second = state(ada, first["version"])
    assert second["html"].count("<circle") == 2
    assert second["version"] != first["version"]


def test_a_check_that_ended_no_longer_runs(ada, running, make_check):
    running(2)
    running(0, done=2, checks=(make_check("learns", figures=(chart(),)),))
    html = state(ada)["html"]
    assert "Running now" not in html
    assert html.count("<circle") == 3


def test_a_sign_that_comes_late_shows_no_check_that_has_ended(ada, running):
    running(0, done=2)
    running(2, done=1)
    assert "Running now" not in state(ada)["html"]


def test_nothing_runs_once_the_result_is_there(ada, running, record, submission):
    running(2)
    record(submission)
    assert "Running now" not in ada.text(PAGE)


def test_nothing_of_an_attempt_that_fell_silent_is_left(ada, running, sessions, submission):
    running(2)
    with sessions.begin() as s:
        row = s.get(Submission, submission.id)
        grading.try_again(s, row, now=utcnow())
        assert [attempt.running for attempt in row.attempts] == [None, None]
    assert "Running now" not in ada.text(PAGE)


@pytest.mark.parametrize("points", [0.0, 4.0], ids=["failed", "passed"])
def test_a_check_with_a_figure_is_open_whether_it_passed_or_not(ada, submission, record, make_check, points):
    record(submission, (make_check("first", 0.0), make_check("shown", points, figures=(chart(),)), make_check("bare")))
    opened = dict(re.findall(r'data-key="check-\d+-(\w+)" (open)?', ada.text(PAGE)))
    assert opened == {"first": "open", "shown": "open", "bare": ""}


def test_a_chart_has_its_words_its_legend_and_its_values(ada, submission, record, make_check):
    record(submission, (make_check("learns", figures=(chart(),)),))
    page = ada.text(PAGE)
    assert 'aria-label="Training: mean loss (nats) over epoch. &lt;b&gt;loss&lt;/b&gt;: 2.3 at 1, 0.7667 at 3.' in page
    assert "<span>It falls.</span>" in page
    assert '<span class="chart-last">0.7667</span>' in page
    assert '<th scope="row">2</th><td>1.15</td>' in page
    assert "<b>loss" not in page
    assert "As it should be." not in page


def test_feature_maps_have_a_choice_of_images_and_a_picture_for_each_layer(ada, submission, record, make_check):
    record(submission, (make_check("learns", figures=(chart(), MAPS)),))
    page = ada.text(PAGE)
    radios = re.findall(r'<input type="radio" name="([^"]+)" id="([^"]+)"[^>]*?(checked)?>', page)
    assert [(name, is_first) for name, _, is_first in radios] == [("figure-1-2", "checked"), ("figure-1-2", "")]
    assert [f'<label for="{place}">' in page for _, place, _ in radios] == [True, True]
    assert page.count('class="maps-panel"') == 2
    assert "3 × 4 × 4" in page
    assert "&lt;i&gt;ring&lt;/i&gt;" in page
    assert "<i>ring" not in page
    assert "style=" not in re.search(r'<figure class="maps">.*?</figure>', page, re.DOTALL).group(), (
        "the policy forbids it"
    )


def test_ids_of_a_page_are_different(ada, submission, record, make_check):
    figures = (chart(), chart(title="Again"), MAPS)
    record(submission, (make_check("one", figures=figures), make_check("two", figures=figures)))
    ids = re.findall(r' id="([^"]+)"', ada.text(PAGE))
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("visibility", [Visibility.HIDDEN, Visibility.AFTER_DUE_DATE])
def test_figures_of_a_check_that_students_do_not_see_are_the_staffs(
    ada, teacher, submission, record, make_check, visibility
):
    record(submission, (make_check("secret", visibility=visibility, figures=(chart(title="Held back"),)),))
    assert "Held back" not in ada.text(PAGE)
    assert "Held back" in teacher.text(PAGE)
