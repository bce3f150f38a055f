"""What a check shows, through the real sandbox: told while it goes on, kept in its result, bounded in words."""

from __future__ import annotations

import json

import numpy as np
import pytest

from grader.authoring.feature_maps import planes
from grader.contract import Job, Result, load_assignment
from grader.contract.figure import Chart, FeatureMaps
from grader.judge.grade import Listener, grade
from server.rendering.feature_maps import levels_of
from tests.grader.conftest import ACCEPTED, write_assignment
from tests.tiny_network import ACCEPTED as NETWORK
from tests.tiny_network import EPOCHS, FIGURES, write_tiny_network

SHOWS = """
import pytest
from grader.authoring import Chart, Curve, expect


def grow(student, title="Doubles"):
    for count in (1, 2, 3):
        student.show(Chart(title, "x", "y", (Curve.of("double", [2.0 * n for n in range(count)]),)))


@pytest.mark.points(1)
def test_passes(student):
    grow(student)
    student.show(Chart("Another", "x", "y", (Curve.of("one", [1.0]),)))


@pytest.mark.points(1)
def test_fails(student):
    grow(student)
    expect(False, "It fails after it has shown something.")


@pytest.mark.points(1)
def test_raises(student):
    grow(student)
    student.double(None, 2)


@pytest.mark.points(1)
def test_shows_nothing(student):
    pass


@pytest.mark.points(0.5)
@pytest.mark.hidden
def test_hidden(student):
    grow(student, "Secret")


@pytest.mark.points(0.5)
@pytest.mark.after_due_date
def test_late(student):
    grow(student, "Late")
"""


@pytest.fixture
def told(tmp_path, bubblewrap):
    """What a listener hears of a submission, and the result."""
    assignment = load_assignment(write_assignment(tmp_path, checks=SHOWS))
    heard = []
    listener = Listener(
        on_check=lambda check, _: heard.append(("ended", check.name)),
        on_figure=lambda running, seconds: heard.append((running, seconds)),
    )
    job = Job(1, 1, assignment.id, {assignment.filename: ACCEPTED}, 7)
    return heard, {check.name: check for check in grade(job, assignment, bubblewrap, listener).checks}


def lengths(figures) -> list[tuple[str, int]]:
    return [(figure.title, len(figure.curves[0].y)) for figure in figures]


def test_a_check_keeps_the_last_figure_of_each_title_whatever_becomes_of_it(told):
    _, checks = told
    assert lengths(checks["test_passes"].figures) == [("Doubles", 3), ("Another", 1)]
    assert (checks["test_fails"].status, lengths(checks["test_fails"].figures)) == ("failed", [("Doubles", 3)])
    assert (checks["test_raises"].status, lengths(checks["test_raises"].figures)) == ("error", [("Doubles", 3)])
    assert checks["test_shows_nothing"].figures == ()
    assert lengths(checks["test_hidden"].figures) == [("Secret", 3)]


def test_figures_are_told_as_they_grow_with_the_time_that_is_left(told):
    heard, _ = told
    signs = heard[: heard.index(("ended", "test_passes"))]
    assert [lengths(running.figures) for running, _ in signs] == [
        [("Doubles", 1)],
        [("Doubles", 2)],
        [("Doubles", 3)],
        [("Doubles", 3), ("Another", 1)],
    ]
    assert all(running.name == "test_passes" and 0 < seconds <= 3 for running, seconds in signs)


def test_what_students_do_not_see_is_not_told_while_it_goes_on(told):
    heard, _ = told
    shown = {running.name for running, _ in heard if running != "ended"}
    assert shown == {"test_passes", "test_fails", "test_raises"}


FIRST = "nn.Sequential(nn.Conv2d(1, 6, 5, stride=2), nn.ReLU())"
SECOND = "nn.Conv2d(6, 16, 3, stride=2)"


def changed(changes: dict[str, str]) -> str:
    """The network's source with some of its texts replaced."""
    source = NETWORK
    for before, after in changes.items():
        assert before in source
        source = source.replace(before, after)
    return source


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    return load_assignment(write_tiny_network(tmp_path_factory.mktemp("tiny")))


@pytest.fixture
def trained(tiny, bubblewrap):
    def trained(source: str) -> Result:
        return grade(Job(1, 1, tiny.id, {tiny.filename: source}, 3), tiny, bubblewrap)

    return trained


def test_a_trained_networks_loss_and_feature_maps_are_in_the_result(trained):
    result = trained(NETWORK)
    check = result.checks[0]
    assert (check.status, check.message) == ("passed", "")
    chart, maps = check.figures
    assert isinstance(chart, Chart)
    assert len(chart.curves[0].y) == EPOCHS
    assert isinstance(maps, FeatureMaps)
    assert maps.names == FIGURES
    assert [(layer.name, layer.shape) for layer in maps.layers] == [
        ("first", (6, 14, 14)),
        ("second", (16, 6, 6)),
        ("out", (3,)),
    ]
    assert maps.layers[0].maps.low >= 0, "the first layer ends with a ReLU"
    assert maps.layers[1].maps.low < 0
    assert (maps.kernels.count, maps.kernels.height) == (6, 5)
    assert Result.from_dict(json.loads(json.dumps(result.to_dict()))) == result


def test_maps_are_those_of_the_images_in_their_order(trained):
    """The first module hands the image on, so that its map is the image."""
    maps = trained(changed({FIRST: "nn.Identity()", SECOND: "nn.Conv2d(1, 16, 7, stride=5)"})).checks[0].figures[-1]
    seen, given = levels_of(maps.layers[0].maps), levels_of(maps.inputs)
    assert len({plane.tobytes() for plane in given}) == 3
    assert np.abs(seen.astype(int) - given).max() <= 1
    assert maps.kernels is None


def test_one_module_in_two_places_has_the_maps_of_each(trained):
    pooling = {SECOND: "nn.MaxPool2d(2)", "self.second =": "self.first = self.second =", "16 * 6 * 6": "64"}
    maps = trained(changed(pooling)).checks[0].figures[-1]
    assert [layer.shape for layer in maps.layers] == [(1, 16, 16), (1, 8, 8), (3,)]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"self.first": "self.beginning"}, "The network has no layer named first."),
        (
            {"self.second(self.first(x))": "nn.functional.conv2d(self.first(x), self.second.weight, stride=2)"},
            "The layer second gave no tensor: does forward use it?",
        ),
        (
            {FIRST: "nn.Upsample(66)", SECOND: "nn.Conv2d(1, 16, 11, stride=11)"},
            "1 maps of 66 × 66; at most 64 of 64 × 64",
        ),
        ({FIRST: "nn.Conv2d(1, 65, 5, stride=2)", SECOND: "nn.Conv2d(65, 16, 3, stride=2)"}, "has 65 maps of 14 × 14"),
        (
            {"self.first(x)": "self.first(x / (1 if self.training else 0))"},
            "first gives values that are no finite numbers",
        ),
    ],
    ids=["missing", "unused", "too large", "too many", "not finite"],
)
def test_a_network_that_cannot_be_shown_is_told_why(trained, changes, message):
    check = trained(changed(changes)).checks[0]
    assert (check.status, check.points) == ("failed", 0.0)
    assert message in check.message
    assert [figure.title for figure in check.figures] == ["Training"], "what was shown before stays"


def test_planes_have_one_scale_for_all_and_keep_their_values():
    values = np.array([[[-1.0, 0.0]], [[0.5, 3.0]]])
    made = planes(values)
    assert (made.low, made.high, made.count) == (-1.0, 3.0, 2)
    kept = made.low + levels_of(made) / 255 * (made.high - made.low)
    assert np.abs(kept - values).max() <= 4 / 255 / 2 + 1e-9


def test_constant_planes_and_those_with_no_numbers_can_be_made():
    assert planes(np.full((1, 2, 2), 7.0)).low == 7.0
    assert planes(np.array([[[np.nan, 1.0]]])).low == 0.0
