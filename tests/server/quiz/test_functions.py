"""The functions of expressions: what each gives, against figures worked out by hand or by another way."""

from __future__ import annotations

import math
import statistics

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference.pooling import pool_forward
from server.quiz.expressions import calculate
from server.quiz.figures import Place, likeness, shown
from server.quiz.functions import FUNCTIONS


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("abs(-3)", 3),
        ("min(3, 1, 2)", 1),
        ("max([3, 1, 2])", 3),
        ("sum([1, 2, 3.5])", 6.5),
        ("len([1, 2]) + len('abc')", 5),
        ("round(2.5)", 3),
        ("round(-2.5)", -3),
        ("round(2.675, 2)", 2.68),
        ("round(7)", 7),
        ("floor(-1.5)", -2),
        ("ceil(-1.5)", -1),
        ("sqrt(49)", 7.0),
        ("exp(0)", 1.0),
        ("log(exp(2))", 2.0),
        ("log2(1024)", 10.0),
        ("sorted([3, 1, 2])", [1, 2, 3]),
        ("median([7, 1, 3])", 3),
        ("median([7, 1, 3, 4])", 3.5),
        ("mean([1, 2])", 1.5),
        ("group(512**4)", "68\u202f719\u202f476\u202f736"),
        ("group(999)", "999"),
        ("group(-1000)", "-1\u202f000"),
        ("fixed(0.5, 2)", "0.50"),
        ("fixed(2.675, 2)", "2.68"),
        ("fixed(-0.001, 2)", "0.00"),
        ("fixed(3, 0)", "3"),
        ("si(61100840)", "61.1\u202fM"),
        ("si(138357544)", "138.4\u202fM"),
        ("si(999)", "999"),
        ("si(999950)", "1.0\u202fM"),
        ("si(-2500)", "-2.5\u202fk"),
        ("shape(8, 3, 32, 32)", "(8, 3, 32, 32)"),
        ("shape(8)", "(8,)"),
        ("shape()", "()"),
        ("halvings(96)", 5),
        ("halvings(512)", 9),
        ("halvings(7)", 0),
        ("relu(-2)", 0),
        ("relu(1.5)", 1.5),
        ("sigmoid(0)", 0.5),
        ("choose(3 > 2, 'a', 'b')", "a"),
        ("rotated([[1, 2], [3, 4]])", [[4, 3], [2, 1]]),
        ("flipped_rows([[1, 2], [3, 4]])", [[3, 4], [1, 2]]),
        ("flipped_columns([[1, 2], [3, 4]])", [[2, 1], [4, 3]]),
        ("transposed([[1, 2, 3], [4, 5, 6]])", [[1, 4], [2, 5], [3, 6]]),
        ("correlate([[1, 2, 3], [4, 5, 6], [7, 8, 9]], [[1, 0], [0, -1]])", [[-4, -4], [-4, -4]]),
        ("window([[1, 2, 3], [4, 5, 6]], 0, 1, 2, 2)", [[2, 3], [5, 6]]),
        ("pooled([[1, 5, 2], [3, 4, 9]], 2, 1, 'max')", [[5, 9]]),
        ("pooled([[1, 2], [3, 9]], 2, 2, 'lower_median')", [[2]]),
        ("matrix([[1, -2], [3, 0.5]])", r"\begin{bmatrix} 1 & -2 \\ 3 & 0.5 \end{bmatrix}"),
        ("table([[1, -2]])", "| | |\n|:-:|:-:|\n| 1 | −2 |"),
    ],
)
def test_each_function_gives_what_it_says(text, value) -> None:
    assert calculate(text) == value


def test_every_function_is_tried_above_or_below() -> None:
    tried = {text for mark in test_each_function_gives_what_it_says.pytestmark for text, _ in mark.args[1]}
    untried = {name for name in FUNCTIONS if not any(f"{name}(" in text for text in tried)}
    assert untried == {"softmax"}, "softmax has a test of its own below"


@given(st.lists(st.floats(-50, 50), min_size=1, max_size=8))
def test_softmax_sums_to_one_and_keeps_the_order(scores) -> None:
    shares = calculate("softmax(scores)", {"scores": scores})
    assert math.isclose(sum(shares), 1)
    assert np.allclose(shares, np.exp(scores) / np.exp(scores).sum(), rtol=1e-9)


@given(st.lists(st.integers(-99, 99), min_size=1, max_size=9))
def test_median_and_mean_are_those_of_the_standard_library(values) -> None:
    assert calculate("median(v)", {"v": values}) == statistics.median(values)
    assert math.isclose(calculate("mean(v)", {"v": values}), statistics.fmean(values), abs_tol=1e-12)


@pytest.mark.parametrize("kind", ["max", "mean", "median"])
@given(
    rows=st.integers(2, 7),
    columns=st.integers(2, 7),
    size=st.integers(1, 2),
    stride=st.integers(1, 3),
    seed=st.integers(0, 99),
)
def test_pooling_is_that_of_the_reference(kind, rows, columns, size, stride, seed) -> None:
    grid = np.random.default_rng(seed).integers(0, 9, (rows, columns))
    param = {"pool_height": size, "pool_width": size, "stride": stride, "type": kind}
    expected = pool_forward(grid[None, None].astype(float), param)[0][0, 0]
    found = calculate(f"pooled(g, {size}, {stride}, '{kind}')", {"g": grid.tolist()})
    assert np.allclose(found, expected)


@pytest.mark.parametrize(
    ("value", "text", "maths", "code"),
    [
        (-3, "−3", "-3", "-3"),
        (0.1 + 0.2, "0.3", "0.3", "0.3"),
        (5.0, "5", "5", "5"),
        (-0.25, "−0.25", "-0.25", "-0.25"),
        (1e-7, "1 × 10⁻⁷", r"1 \times 10^{-7}", "1e-07"),
        (2.5e20, "2.5 × 10²⁰", r"2.5 \times 10^{20}", "2.5e+20"),
        ([1, -2], "[1, −2]", "[1, -2]", "[1, -2]"),
        (True, "True", "True", "True"),
        ("a-b", "a-b", "a-b", "a-b"),
        (calculate("group(-12345)"), "−12\u202f345", r"-12\,345", "-12 345"),
        (10**20, "1" + "0" * 20, "1" + "0" * 20, "1" + "0" * 20),
    ],
)
def test_a_value_is_written_for_its_place(value, text, maths, code) -> None:
    assert (shown(value, Place.TEXT), shown(value, Place.MATHS), shown(value, Place.CODE)) == (text, maths, code)


@pytest.mark.parametrize(
    ("one", "other"),
    [("12", " $12$ "), ("12", "12.0"), ("−1", "-1"), ("68\u202f719", "68719"), ("12 MB", "12.0  mb"), ("1e3", "1000")],
)
def test_options_are_alike_that_read_alike(one, other) -> None:
    assert likeness(one) == likeness(other)


@pytest.mark.parametrize(
    ("one", "other"), [("1", "−1"), ("12", "120"), ("27C²", "49C²"), ("1.5", "15"), ("$n$", "$m$")]
)
def test_options_that_read_differently_are_not_alike(one, other) -> None:
    assert likeness(one) != likeness(other)
