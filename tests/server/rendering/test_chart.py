"""Charts and axes: everything measured is drawn, curves differ in colour and dash, and the words say the same."""

from __future__ import annotations

import math
import re
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.contract.figure import Chart, Curve
from server.rendering.axis import axis_of, tick
from server.rendering.chart import MOST_ROWS, drawn_chart, look

NUMBERS = st.floats(allow_nan=False, allow_infinity=False)


def chart(*curves: Curve, **changes) -> Chart:
    return Chart(**{"title": "Training", "x_label": "epoch", "y_label": "loss (nats)", "curves": curves} | changes)


def points(drawn) -> list[list[tuple[float, float]]]:
    """The connected points of all paths, as shares from the left and pixels from the top."""
    pieces = [piece for path in re.findall(r' d="([^"]*)"', drawn.plot) for piece in path.split("M") if piece]
    return [[(float(x) / 1000, float(y)) for x, y in (point.split() for point in piece.split("L"))] for piece in pieces]


def test_a_curve_reaches_from_edge_to_edge_and_falls_where_the_values_do():
    ((first, middle, last),) = points(drawn_chart(chart(Curve.of("loss", [2.0, 1.0, 0.5]))))
    assert (first[0], middle[0], last[0]) == (0.0, 0.5, 1.0)
    assert first[1] < middle[1] < last[1], "pixels count from the top"


def test_a_gap_parts_the_line():
    drawn = drawn_chart(chart(Curve.of("loss", [2.0, 1.9, math.nan, 1.0])))
    assert [len(piece) for piece in points(drawn)] == [2, 1]
    assert drawn.plot.count("<circle") == 3
    assert drawn.rows[2] == ["3", "no number"]


def test_many_points_have_no_dots_but_one_that_stands_alone_has():
    values = [math.nan if number in (10, 12) else 1.0 + number for number in range(200)]
    assert drawn_chart(chart(Curve.of("loss", values))).plot.count("<circle") == 1


def test_twelve_curves_differ_in_the_pair_of_colour_and_dash():
    looks = [look(number).split() for number in range(12)]
    assert len({(colour, dash) for _, colour, dash in looks}) == 12
    assert len({colour for _, colour, _ in looks[:6]}) == len({dash for _, _, dash in looks[:6]}) == 6
    drawn = drawn_chart(chart(*(Curve.of(f"c{number}", [1.0, 2.0]) for number in range(12))))
    assert [look(number) in row.sample for number, row in enumerate(drawn.legend)] == [True] * 12


def test_the_limit_is_a_line_within_the_axis_and_in_the_legend():
    drawn = drawn_chart(chart(Curve.of("accuracy", [0.2, 0.5]), limit=0.85))
    assert (drawn.legend[-1].name, drawn.legend[-1].last) == ("what the check asks for", "0.85")
    (y,) = re.findall(r'y1="([\d.]+)"[^>]*class="c-limit"', drawn.plot)
    assert 10 <= float(y) < min(place for _, place in points(drawn)[0])
    assert "The check asks for 0.85." in drawn.words


def test_a_logarithmic_axis_has_powers_of_ten_and_gaps_where_nothing_is_positive():
    drawn = drawn_chart(chart(Curve.of("gradient", [1e-6, 0.0, 1e-4, 1e-2]), is_log=True))
    assert [len(piece) for piece in points(drawn)] == [1, 2]
    (_, (third, last)) = points(drawn)
    assert drawn.scale.count("<text") == 5
    assert third[1] - last[1] == pytest.approx(100, abs=0.5), "two of four decades of 200 pixels"


def test_the_words_say_where_every_curve_begins_and_ends():
    words = drawn_chart(chart(Curve.of("plain", [2.3, 1.5]), Curve.of("none", [math.nan]))).words
    assert words == ("Training: loss (nats) over epoch. plain: 2.3 at 1, 1.5 at 2. none has no values.")


def test_the_table_has_every_place_of_every_curve():
    drawn = drawn_chart(chart(Curve.of("a", [1.0, 2.0]), Curve.of("b", [5.0], x=[1.5])))
    assert drawn.columns == ["epoch", "a", "b"]
    assert drawn.rows == [["1", "1", ""], ["1.5", "", "5"], ["2", "2", ""]]
    assert not drawn.is_thinned


def test_a_long_table_is_thinned_and_keeps_its_ends():
    drawn = drawn_chart(chart(Curve.of("a", list(range(1000)))))
    assert len(drawn.rows) <= MOST_ROWS + 1
    assert (drawn.rows[0][0], drawn.rows[-1][0], drawn.is_thinned) == ("1", "1000", True)


def test_texts_are_escaped():
    drawn = drawn_chart(chart(Curve.of("<b>", [1.0]), x_label='"><script>', y_label="&"))
    for part in (drawn.scale, drawn.plot, *(row.sample for row in drawn.legend)):
        ET.fromstring(part)
        assert "<script" not in part


@pytest.mark.parametrize("curves", [(), (Curve("empty", (), ()),), (Curve("gap", (1.0,), (None,)),)])
@pytest.mark.parametrize("is_log", [False, True])
def test_a_chart_without_values_is_an_empty_frame(curves, is_log):
    drawn = drawn_chart(chart(*curves, is_log=is_log))
    assert points(drawn) == []
    assert drawn.scale.count("<text") >= 2


@given(st.lists(st.tuples(NUMBERS, st.none() | NUMBERS), max_size=20), st.none() | NUMBERS, st.booleans())
def test_whatever_was_measured_can_be_drawn(measured, limit, is_log):
    curve = Curve("a", tuple(x for x, _ in measured), tuple(y for _, y in measured))
    drawn = drawn_chart(chart(curve, limit=limit, is_log=is_log))
    for part in (drawn.scale, drawn.plot):
        ET.fromstring(part)
        assert not re.search(r'"-?(nan|inf)', part)


@given(st.lists(st.floats(-1e200, 1e200), min_size=1, max_size=9), st.booleans())
def test_an_axis_holds_its_values_and_has_a_few_different_ticks(values, is_tight):
    axis = axis_of(values, is_tight=is_tight)
    assert all(-1e-6 <= axis.share(value) <= 1 + 1e-6 for value in values)
    assert 1 <= len(axis.ticks) <= 8
    assert all(-1e-6 <= axis.share(value) <= 1 + 1e-6 for value in axis.ticks)
    assert len({text for _, text in axis.labels}) == len(axis.ticks)


@given(st.lists(st.floats(1e-200, 1e200), min_size=1, max_size=9))
def test_a_logarithmic_axis_holds_its_values(values):
    axis = axis_of(values, is_log=True)
    assert all(-1e-6 <= axis.share(value) <= 1 + 1e-6 for value in values)
    assert 2 <= len(axis.ticks) <= 8


@pytest.mark.parametrize(
    ("values", "texts"),
    [
        ([0.31, 2.3], ["0", "0.5", "1", "1.5", "2", "2.5"]),
        ([0.85, 0.93], ["0.84", "0.86", "0.88", "0.9", "0.92", "0.94"]),
        ([-1.0, 1.0], ["−1", "−0.5", "0", "0.5", "1"]),
        ([100.001, 100.004], ["100.001", "100.002", "100.003", "100.004"]),
    ],
)
def test_ticks_are_round_and_told_apart(values, texts):
    assert [text for _, text in axis_of(values).labels] == texts


def test_epochs_have_whole_ticks():
    assert [text for _, text in axis_of([1.0, 2.0, 3.0], is_tight=True).labels] == ["1", "2", "3"]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (0.85, "0.85"),
        (1.23456, "1.235"),
        (12345.6, "12346"),
        (1e6, "10⁶"),
        (-3.2e-9, "−3.2·10⁻⁹"),
        (0.0001, "10⁻⁴"),
        (1e-300, "10⁻³⁰⁰"),
    ],
)
def test_numbers_are_written_as_people_read_them(value, text):
    assert tick(value) == text
