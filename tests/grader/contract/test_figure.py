"""Figures cross as JSON and are read strictly; their bounds hold wherever they are made."""

from __future__ import annotations

import base64
import json
import math

import pytest

from grader.contract import CheckResult, ContractError, Progress, Status
from grader.contract.figure import Chart, Curve, FeatureMaps, Layer, Planes, figure_from_dict
from grader.contract.job import Running

CHART = Chart(
    "Training",
    "epoch",
    "mean loss (nats)",
    (Curve.of("plain", [2.3, math.nan, 1.5]), Curve.of("residual", [2.2, 1.1], x=[1, 5])),
    limit=1.0,
    is_log=True,
    note="The residual network learns sooner.",
)


def planes(count: int = 1, side: int = 2, **changes) -> Planes:
    """`count` planes whose bytes count up."""
    levels = bytes(number % 256 for number in range(count * side * side))
    fields = {"height": side, "width": side, "low": -1.0, "high": 2.0, "pixels": base64.b64encode(levels).decode()}
    return Planes(**fields | changes)


MAPS = FeatureMaps(
    "What it sees", ("disc", "ring"), planes(2), (Layer("c1", (3, 2, 2), planes(6)),), planes(3), note="Edges first."
)


@pytest.mark.parametrize("figure", [CHART, MAPS], ids=["chart", "feature maps"])
def test_a_figure_round_trips_through_json(figure):
    assert figure_from_dict(json.loads(json.dumps(figure.to_dict()))) == figure


def test_check_and_progress_carry_figures_through_json():
    check = CheckResult("a", "A", 1.0, 1.0, Status.PASSED, figures=(CHART, MAPS))
    assert CheckResult.from_dict(json.loads(json.dumps(check.to_dict()))) == check
    progress = Progress(5, 1, 1, 4, 25.0, (check,), Running("b", "B", (CHART,)))
    assert Progress.from_dict(json.loads(json.dumps(progress.to_dict()))) == progress


def test_a_result_of_an_earlier_version_has_no_figures():
    data = CheckResult("a", "A", 1.0, 1.0, Status.PASSED).to_dict()
    del data["figures"]
    assert CheckResult.from_dict(data).figures == ()


def test_a_curve_has_places_from_1_and_gaps_where_a_value_is_no_number():
    curve = Curve.of("loss", [0.123456789, math.nan, math.inf])
    assert curve == Curve("loss", (1.0, 2.0, 3.0), (0.123457, None, None))


def test_a_curve_of_unequal_lengths_is_refused():
    with pytest.raises(ValueError, match="loss has 3 places and 2 values"):
        Curve.of("loss", [1, 2], x=[1, 2, 3])


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"curves": [{"name": "a", "x": [1.0], "y": []}]}, "1 places and 0 values"),
        ({"curves": [{"name": "a", "x": [True], "y": [1]}]}, "must be numbers"),
        ({"curves": [{"name": "a", "x": [math.inf], "y": [1]}]}, "finite numbers"),
        ({"curves": [{"name": "a", "x": [1], "y": [math.nan]}]}, "finite numbers"),
        ({"curves": [{"name": "a", "x": [1], "y": [1], "colour": "red"}]}, "unknown colour"),
        ({"curves": [{"name": "a", "x": [1] * 1001, "y": [1] * 1001}]}, "1000 points"),
        ({"curves": [{"name": "a", "x": [1], "y": [1]}] * 13}, "12 curves"),
        ({"limit": "1"}, "limit must be float"),
        ({"limit": math.nan}, "finite numbers"),
        ({"is_log": 1}, "is_log must be bool"),
        ({"colour": "red"}, "unknown colour"),
        ({"kind": "pie"}, "'pie' is none of chart, feature_maps"),
        ({"kind": None}, "kind must be str"),
    ],
)
def test_a_chart_of_another_form_is_refused_by_the_field(change, text):
    with pytest.raises(ContractError, match=text):
        figure_from_dict(CHART.to_dict() | change)


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"names": ["disc"]}, "each with its name"),
        ({"names": []}, "1 to 10 images"),
        ({"names": [1, 2]}, "names must be texts"),
        ({"inputs": None}, "inputs must be a table"),
        ({"layers": [{"name": "c1", "shape": [3.0], "maps": {}}]}, "whole numbers"),
        ({"kernels": 3}, "kernels must be a table"),
        ({"links": []}, "unknown links"),
    ],
)
def test_feature_maps_of_another_form_are_refused_by_the_field(change, text):
    with pytest.raises(ContractError, match=text):
        figure_from_dict(MAPS.to_dict() | change)


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"pixels": "???"}, "base64"),
        ({"pixels": "é"}, "base64"),
        ({"pixels": base64.b64encode(bytes(5)).decode()}, "no whole planes"),
        ({"height": 65}, "from 1 to 64 pixels a side"),
        ({"width": 0}, "from 1 to 64 pixels a side"),
        ({"low": math.nan}, "finite number"),
        ({"low": 3.0}, "finite number"),
    ],
)
def test_planes_that_are_none_are_refused(change, text):
    data = MAPS.to_dict()
    with pytest.raises(ContractError, match=text):
        figure_from_dict(data | {"inputs": data["inputs"] | change})


@pytest.mark.parametrize(
    ("maps", "count", "text"),
    [
        (planes(2 * 65), 65, "from 1 to 64 maps"),
        (planes(2 * 257, side=1), 257, "from 1 to 256 maps"),
        (planes(3), 1, "for each image"),
        (planes(0), 0, "from 1 to 64 maps"),
    ],
)
def test_a_layer_with_too_many_maps_is_refused(maps, count, text):
    with pytest.raises(ValueError, match=text):
        FeatureMaps("T", ("disc", "ring"), planes(2), (Layer("c1", (count, 2, 2), maps),))


def test_256_units_of_a_linear_layer_are_shown():
    maps = FeatureMaps("T", ("disc",), planes(1), (Layer("out", (256,), planes(256, side=1)),))
    assert maps.layers[0].maps.count == 256


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"layers": MAPS.layers * 13}, "at most 12 layers"),
        ({"kernels": planes(193)}, "at most 192 planes"),
        ({"layers": (Layer("c1", (64, 64, 64), planes(128, side=64)),) * 3}, "1,048,576 pixels together"),
    ],
)
def test_feature_maps_stay_small(changes, text):
    fields = {"title": "T", "names": MAPS.names, "inputs": MAPS.inputs, "layers": MAPS.layers}
    with pytest.raises(ValueError, match=text):
        FeatureMaps(**fields | changes)
