"""Figures in a terminal: a line for each curve, a row for each layer; none of them in Gradescope's document."""

from __future__ import annotations

import base64
import io
import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from grader.commands.figures import WIDEST, show_figure, sparkline
from grader.contract.figure import Chart, Curve, FeatureMaps, Layer, Planes
from tests.grader.conftest import ACCEPTED, CHECKS, write_assignment

SHOWING = """

@pytest.mark.points(0)
def test_shows(student):
    from grader.authoring import Chart, Curve

    student.show(Chart("Growth", "step", "size", (Curve.of("doubled", [1.0, 2.0, 4.0]),), note="It doubles."))
"""


def printed(figure) -> str:
    out = io.StringIO()
    show_figure(figure, Console(file=out, width=100))
    return out.getvalue()


def test_a_curve_is_a_small_line_with_its_first_and_last_value():
    curves = (Curve.of("plain [b]", [2.3, 2.0, math.nan, 1.15]), Curve.of("none", [math.nan]))
    text = printed(Chart("Training", "epoch", "loss", curves, limit=1.0, note="It falls."))
    rows = [" ".join(line.split()) for line in text.splitlines()]
    assert rows[0] == "Training"
    assert rows[1] == "loss over epoch first last"
    assert rows[2] == "plain [b] █▆ ▁ 2.3 1.15"
    assert rows[3] == "none no value no value"
    assert rows[4] == "asked for 1"
    assert rows[5] == "It falls."


def test_feature_maps_are_a_row_for_each_layer():
    planes = Planes(1, 1, -0.5, 2.0, base64.b64encode(bytes(6)).decode())
    inputs = Planes(1, 1, 0.0, 1.0, base64.b64encode(bytes(2)).decode())
    text = printed(FeatureMaps("What it sees", ("disc", "ring"), inputs, (Layer("out", (3,), planes),)))
    assert "What it sees" in text
    assert "out 3 -0.5 2" in " ".join(text.split())


@given(st.lists(st.none() | st.floats(allow_nan=False, allow_infinity=False), max_size=100))
def test_a_line_has_a_letter_for_each_value_and_a_blank_for_each_gap(values):
    line = sparkline(Curve("a", tuple(range(len(values))), tuple(values)))
    assert len(line) == min(WIDEST, len(values))
    if len(values) <= WIDEST:
        assert [letter == " " for letter in line] == [value is None for value in values]


@pytest.fixture
def folder(tmp_path):
    root = tmp_path / "assignments"
    write_assignment(root, checks=CHECKS + SHOWING)
    return root


def test_figures_of_passed_checks_are_printed_and_stay_out_of_gradescopes_document(stride, tmp_path):
    file = tmp_path / "mine.py"
    file.write_text(ACCEPTED)
    told = stride("grade", "90", file).stdout
    assert "doubled ▁▃█ 1 4" in " ".join(told.split())
    assert "It doubles." in told
    (shown,) = [
        check for check in json.loads(stride("grade", "90", file, "--json").stdout)["checks"] if check["figures"]
    ]
    assert shown["figures"][0]["curves"] == [{"name": "doubled", "x": [1.0, 2.0, 3.0], "y": [1.0, 2.0, 4.0]}]
    assert "Growth" not in stride("grade", "90", file, "--gradescope").stdout
