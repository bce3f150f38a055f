"""Charts of results: every participant is in them, and figures are written as people read them."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.quiz.analysis import analyse
from server.rendering.quiz_charts import bins, figure, histogram, item_map


def test_a_short_quiz_has_a_bar_for_each_mark():
    found = bins(np.array([0.0, 2.0, 2.0, 3.0]), 3.0)
    assert [(each.label, each.count) for each in found] == [("0", 1), ("1", 0), ("2", 2), ("3", 1)]


def test_parts_of_marks_stand_in_ten_bars():
    found = bins(np.array([0.5, 2.5, 10.0]), 10.0)
    assert len(found) == 10
    assert [each.count for each in found] == [1, 0, 1, 0, 0, 0, 0, 0, 0, 1]


@given(st.lists(st.floats(-3, 30, allow_nan=False), min_size=1, max_size=50))
def test_every_participant_is_in_one_bar(totals):
    assert sum(each.count for each in bins(np.array(totals), 30.0)) == len(totals)


@pytest.mark.parametrize(("totals", "most"), [([], 10.0), ([0.0], 0.0)])
def test_nothing_to_show_is_no_picture(totals, most):
    assert histogram(np.array(totals), most) == ""


def test_a_screen_reader_hears_the_counts():
    shown = histogram(np.array([1.0, 1.0, 2.0]), 2.0)
    assert "2 with 1, 1 with 2. Mean 1.33." in shown


def test_the_map_shows_what_is_defined_and_hides_no_dot():
    rows = [[1, 1, 1, 1], [1, 1, 0, 1], [0, 0, 0, 1], [0, 0, 1, 1]]
    shown = item_map(list(enumerate(analyse(rows, [1] * 4).items, 1)))
    places = re.findall(r'<circle cx="([0-9.]+)" cy="([0-9.]+)"', shown)
    assert len(places) == len(set(places)) == 3, "the last item is constant: it has no discrimination"


def test_no_defined_item_is_no_map():
    assert item_map(list(enumerate(analyse([[1]], [1]).items, 1))) == ""


@pytest.mark.parametrize(
    ("value", "digits", "unit", "text"),
    [
        (None, 2, "", "undefined"),
        (0.5, 2, "", "0.50"),
        (-12.4, 0, " %", "−12 %"),
        (-0.3, 0, "", "0"),
        (0.0, 1, "", "0.0"),
    ],
)
def test_a_figure_is_written_for_people(value, digits, unit, text):
    assert figure(value, digits, unit) == text
