"""The figures of the item analysis: published ones, and definition-level formulas over plain lists."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.quiz.analysis import analyse, distractors
from server.quiz.analysis.items import scores_around

# The Law School Admission Test, section 6: 1000 people, 5 items; how often each pattern from 00000 to 11111 came.
LSAT_COUNTS = [3, 6, 2, 11, 1, 1, 3, 4, 1, 8, 0, 16, 0, 3, 2, 15]
LSAT_COUNTS += [10, 29, 14, 81, 3, 28, 15, 80, 16, 56, 21, 173, 11, 61, 28, 298]
CANVAS = [[1, 1, 1], [1, 1, 0], [1, 0, 0], [1, 0, 0]]
NAN = math.nan


def lsat() -> list[list[int]]:
    patterns = [[int(bit) for bit in f"{pattern:05b}"] for pattern in range(32)]
    return [row for row, count in zip(patterns, LSAT_COUNTS, strict=True) for _ in range(count)]


@pytest.fixture(scope="module")
def of_lsat():
    return analyse(lsat(), [1] * 5)


def column(found, name: str) -> list[float]:
    return [getattr(item, name) for item in found.items]


def six_digits(*values: float):
    return pytest.approx(list(values), abs=5e-7)


def test_lsat_facilities(of_lsat):
    assert column(of_lsat, "facility") == six_digits(0.924, 0.709, 0.553, 0.763, 0.870)


def test_lsat_alpha(of_lsat):
    assert of_lsat.quiz.cic / 100 == pytest.approx(0.294997, abs=5e-7)


def test_lsat_point_biserials_with_the_total(of_lsat):
    assert column(of_lsat, "item_total") == six_digits(0.362010, 0.566772, 0.618440, 0.534418, 0.435366)


def test_lsat_correlations_with_the_rest(of_lsat):
    expected = six_digits(0.112833, 0.153178, 0.172779, 0.144428, 0.121596)
    assert column(of_lsat, "item_rest") == expected
    assert [index / 100 for index in column(of_lsat, "discrimination_index")] == expected


def test_lsat_alpha_if_an_item_is_deleted(of_lsat):
    assert column(of_lsat, "alpha_if_deleted") == six_digits(0.275356, 0.237584, 0.216799, 0.245933, 0.266294)


def test_canvas_small_set():
    quiz = analyse(CANVAS, [1, 1, 1]).quiz
    assert quiz.cic / 100 == pytest.approx(6 / 11)
    assert round(quiz.cic / 100, 3) == 0.545
    assert quiz.sd**2 * 3 / 4 == pytest.approx(0.6875), "Canvas's variance is that of the population"


# The definitions once more, over lists, with the standard library alone.


def cov(x: Sequence[float], y: Sequence[float]) -> float:
    mean_x, mean_y = statistics.fmean(x), statistics.fmean(y)
    return sum((a - mean_x) * (b - mean_y) for a, b in zip(x, y, strict=True)) / (len(x) - 1)


def over(numerator: float, denominator: float) -> float | None:
    return numerator / denominator if denominator > 1e-9 else None


def direct_item(rows: list[list[float]], item: int, most: float) -> dict[str, float | None]:
    x = [row[item] for row in rows]
    total = [sum(row) for row in rows]
    rest = [sum(value for place, value in enumerate(row) if place != item) for row in rows]
    deleted = [[value for place, value in enumerate(row) if place != item] for row in rows]
    return {
        "facility": statistics.fmean(x) / most,
        "sd": statistics.stdev(x),
        "discrimination_index": over(100 * cov(x, rest), math.sqrt(cov(x, x) * cov(rest, rest))),
        "discriminative_efficiency": over(100 * cov(x, rest), cov(sorted(x), sorted(rest))),
        "effective_weight": direct_weight(rows, item),
        "item_total": over(cov(x, total), math.sqrt(cov(x, x) * cov(total, total))),
        "alpha_if_deleted": direct_alpha(deleted),
    }


def direct_weight(rows: list[list[float]], item: int) -> float | None:
    total = [sum(row) for row in rows]
    covariances = [cov([row[place] for row in rows], total) for place in range(len(rows[0]))]
    if covariances[item] < -1e-12:
        return None
    roots = [math.sqrt(max(0.0, value)) for value in covariances]
    return over(100 * roots[item], sum(roots[place] for place, value in enumerate(covariances) if value >= -1e-12))


def direct_alpha(rows: list[list[float]]) -> float | None:
    k = len(rows[0])
    total = [sum(row) for row in rows]
    if k < 2 or statistics.variance(total) < 1e-9:
        return None
    return k / (k - 1) * (1 - sum(statistics.variance(x) for x in zip(*rows, strict=True)) / statistics.variance(total))


def direct_quiz(rows: list[list[float]]) -> dict[str, float | None]:
    total = [sum(row) for row in rows]
    n, mean, sd = len(total), statistics.fmean(total), statistics.stdev(total)
    sums = {power: sum((value - mean) ** power for value in total) for power in (3, 4)}
    alpha = direct_alpha(rows)
    # The usual bias-corrected formulas of a sample, which equal k3 / k2^1.5 and k4 / k2^2.
    skewness = over(n * sums[3], (n - 1) * (n - 2) * sd**3)
    kurtosis = over(n * (n + 1) * sums[4], (n - 1) * (n - 2) * (n - 3) * sd**4)
    ratio = None if alpha is None else 100 * math.sqrt(max(0.0, 1 - alpha))
    return {
        "n": n,
        "mean": mean,
        "median": statistics.median(total),
        "sd": sd,
        "skewness": skewness,
        "kurtosis": None if kurtosis is None else kurtosis - 3 * (n - 1) ** 2 / ((n - 2) * (n - 3)),
        "cic": None if alpha is None else 100 * alpha,
        "error_ratio": ratio,
        "standard_error": None if ratio is None else sd * ratio / 100,
    }


def agrees(found: object, expected: dict[str, float | None]) -> None:
    for name, value in expected.items():
        assert getattr(found, name) == (None if value is None else pytest.approx(value, rel=1e-6, abs=1e-6)), name


@st.composite
def matrices(draw) -> tuple[list[list[float]], list[float]]:
    """Marks in quarters, with columns of different maxima."""
    n, k = draw(st.integers(4, 12)), draw(st.integers(2, 6))
    maxima = draw(st.lists(st.sampled_from([1, 2, 5]), min_size=k, max_size=k))
    cells = [st.integers(0, 4 * most).map(lambda quarters: quarters / 4) for most in maxima]
    return draw(st.lists(st.tuples(*cells).map(list), min_size=n, max_size=n)), [float(most) for most in maxima]


@given(matrices())
@settings(max_examples=200, deadline=None)
def test_random_marks_give_what_the_definitions_give(case):
    rows, maxima = case
    found = analyse(rows, maxima)
    agrees(found.quiz, direct_quiz(rows))
    for item, figures in enumerate(found.items):
        agrees(figures, direct_item(rows, item, maxima[item]))


def test_an_item_that_turns_the_good_away_has_no_effective_weight():
    rows = [[0, 1, 1, 1], [0, 1, 1, 1], [1, 0, 0, 0], [1, 0, 0, 1]]
    figures = analyse(rows, [1] * 4).items[0]
    assert figures.discrimination_index == pytest.approx(direct_item(rows, 0, 1)["discrimination_index"])
    assert figures.discrimination_index < 0
    assert figures.effective_weight is None
    weights = [item.effective_weight for item in analyse(rows, [1] * 4).items[1:]]
    assert sum(weights) == pytest.approx(100), "the others share the whole"


def test_one_student_has_a_mean_and_nothing_that_needs_two():
    found = analyse([[1, 0.5]], [1, 1])
    assert (found.quiz.n, found.quiz.mean, found.quiz.median, found.quiz.max) == (1, 1.5, 1.5, 2)
    for name in ("sd", "skewness", "kurtosis", "cic", "error_ratio", "standard_error"):
        assert getattr(found.quiz, name) is None
    assert found.items[1].facility == 0.5
    for name in ("sd", "discrimination_index", "discriminative_efficiency", "effective_weight", "item_total"):
        assert getattr(found.items[0], name) is None


def test_nobody_gives_no_figure_at_all():
    found = analyse(np.zeros((0, 2)), [1, 1])
    assert found.quiz.n == 0
    assert all(value is None for name, value in found.to_dict()["quiz"].items() if name != "n")
    assert found.items[0].facility is None


def test_one_item_has_a_facility_and_no_rest_to_agree_with():
    found = analyse([[1], [0], [1]], [1])
    assert found.items[0].facility == pytest.approx(2 / 3)
    assert found.items[0].discrimination_index is None
    assert found.items[0].effective_weight == pytest.approx(100)
    assert found.items[0].item_total == pytest.approx(1)
    assert found.quiz.cic is None


def test_a_constant_item_is_undefined_where_its_variance_divides():
    found = analyse([[1, 1, 0.1], [1, 0, 0.1], [1, 1, 0.1]], [1, 1, 1])
    for figures in (found.items[0], found.items[2]):
        assert figures.sd == 0
        assert figures.discrimination_index is None
        assert figures.discriminative_efficiency is None
        assert figures.item_total is None
        assert figures.effective_weight == 0, "it adds nothing to what makes participants differ, and that is defined"


def test_equal_totals_leave_what_divides_by_their_variance_undefined():
    found = analyse([[1, 0, 0.5], [0, 1, 0.5]] * 3, [1, 1, 1])
    assert found.quiz.sd == 0
    for name in ("skewness", "kurtosis", "cic", "error_ratio", "standard_error"):
        assert getattr(found.quiz, name) is None
    assert [item.effective_weight for item in found.items] == [None, None, None]


def test_sums_of_floats_in_another_order_are_no_variance():
    found = analyse([[0.1, 0.2, 0.3, 1], [0.3, 0.2, 0.1, 0], [0.2, 0.3, 0.1, 1]], [1] * 4)
    assert 0.1 + 0.2 + 0.3 != 0.3 + 0.2 + 0.1
    assert found.items[3].discrimination_index is None


def test_nothing_is_ever_nan():
    for rows in ([[0.0, 0.0]] * 3, [[1, 1], [1, 1]], [[1, NAN], [NAN, 1]], [[NAN, NAN]]):
        figures = [*analyse(rows, [1, 0]).to_dict()["items"], analyse(rows, [1, 0]).to_dict()["quiz"]]
        for value in (value for each in figures for value in each.values()):
            assert value is None or isinstance(value, str) or math.isfinite(value)


def test_an_item_without_marks_to_reach_has_no_facility():
    assert analyse([[0], [0]], [0]).items[0].facility is None


# Pools: each participant got two of three items from a pool, and one that all got.
POOLED = [[1, 0, NAN, 1], [1, NAN, 1, 1], [NAN, 0, 1, 0], [0, 0, NAN, 0], [0, NAN, 1, 1], [NAN, 1, 1, 1]]


def test_an_item_of_a_pool_is_judged_by_those_who_got_it():
    found = analyse(POOLED, [1] * 4)
    got = [row for row in POOLED if not math.isnan(row[0])]
    x = [row[0] for row in got]
    rest = [sum(value for value in row[1:] if not math.isnan(value)) for row in got]
    figures = found.items[0]
    assert (figures.n, figures.facility) == (4, 0.5)
    assert figures.item_rest == pytest.approx(cov(x, rest) / math.sqrt(cov(x, x) * cov(rest, rest)))
    assert figures.effective_weight is None
    assert figures.alpha_if_deleted is None


def test_consistency_with_pools_is_that_of_the_places_in_the_paper():
    placed = [[value for value in row if not math.isnan(value)] for row in POOLED]
    found = analyse(POOLED, [1] * 4)
    assert found.quiz.cic == pytest.approx(100 * direct_alpha(placed))
    assert found.quiz.max == 3
    assert found.items[3].effective_weight == pytest.approx(direct_weight(placed, 2))


def test_papers_of_different_length_have_no_consistency():
    found = analyse([[1, NAN], [1, 1], [0, 1]], [1, 1])
    assert found.quiz.cic is None
    assert found.quiz.max is None
    assert found.quiz.mean == pytest.approx(4 / 3)


@pytest.mark.parametrize(("marks", "maxima"), [([[1, 0]], [1]), ([1, 0], [1, 1]), ([[math.inf]], [1])])
def test_marks_that_do_not_fit_are_refused(marks, maxima):
    with pytest.raises(ValueError, match=r"marks of shape|infinite"):
        analyse(marks, maxima)


def test_names_must_fit_too():
    with pytest.raises(ValueError, match="1 names"):
        analyse([[1, 0]], [1, 1], ["a"])


def test_a_distractor_tells_who_picks_it():
    marks = np.array([[1, 1, 1], [1, 1, 1], [0, 0, 1], [0, 0, 0], [1, 0, 1]], dtype=float)
    picked = np.array([[1, 0, 0], [1, 0, 0], [0, 1, 0], [0, 1, 0], [1, 0, 0]], dtype=bool)
    _, total, rest = scores_around(marks, 0)
    right, wrong, nobodys = distractors(picked, np.ones_like(picked), total, rest)
    assert (right.count, right.share, right.mean_total) == (3, 0.6, pytest.approx(8 / 3))
    assert (wrong.count, wrong.share, wrong.mean_total) == (2, 0.4, 0.5)
    assert right.point_biserial == pytest.approx(statistics.correlation([1, 1, 0, 0, 1], [2, 2, 1, 0, 1]))
    assert wrong.point_biserial == pytest.approx(-right.point_biserial)
    assert (nobodys.count, nobodys.share, nobodys.mean_total, nobodys.point_biserial) == (0, 0.0, None, None)


def test_a_distractor_that_not_everybody_saw_is_judged_by_those_who_did():
    total = rest = np.array([3.0, 2.0, 1.0, 0.0])
    shown = np.array([[True], [False], [True], [False]])
    (choice,) = distractors(np.ones((4, 1)), shown, total, rest)
    assert (choice.shown, choice.count, choice.share, choice.mean_total) == (2, 2, 1.0, 2.0)
    assert choice.point_biserial is None, "everybody who saw it picked it"
    (unseen,) = distractors(np.ones((4, 1)), np.zeros((4, 1)), total, rest)
    assert (unseen.shown, unseen.count, unseen.share) == (0, 0, None)
