"""Counterexamples, arranged for reading."""

from __future__ import annotations

import numpy as np
import pytest

from server.rendering.evidence import evidence

FULL = {
    "call": "f(x)",
    "what": "out",
    "index": [1, 0, 3, 5],
    "expected": 2.0,
    "got": -2.0,
    "expected_window": [[1.0, 2.0], [3.0, 4.0]],
    "got_window": [[1.0 + 1e-12, 2.5], [3.0, "nan"]],
    "window_origin": [1, 0, 3, 4],
}


def test_no_counterexample_gives_no_evidence():
    assert evidence(None) is None
    assert evidence({}) is None


def test_the_place_is_written_as_in_python():
    assert evidence(FULL).place == "out[1, 0, 3, 5]"
    assert evidence({"what": "out", "index": []}).place == "out"


def test_windows_mark_what_differs_and_where_it_is_worst():
    window = evidence(FULL).got_window
    assert window.plane == "1, 0"
    assert window.columns == [4, 5]
    assert [number for number, _ in window.rows] == [3, 4]
    assert [[cell.differs for cell in cells] for _, cells in window.rows] == [[False, True], [False, True]]
    assert [[cell.is_worst for cell in cells] for _, cells in window.rows] == [[False, True], [False, False]]


def test_windows_of_other_sizes_are_shown_as_they_are():
    shown = evidence({"expected_window": [[1, 2, 3]], "got_window": [[1]]})
    assert [cell.differs for cell in shown.expected_window.rows[0][1]] == [False, True, True]
    assert shown.got_window.columns == [0]


def test_a_huge_window_is_cut():
    shown = evidence({"expected_window": [list(range(500))] * 500})
    assert (len(shown.expected_window.rows), len(shown.expected_window.columns)) == (20, 20)


def test_inputs_can_be_pasted_into_an_interpreter():
    array = np.arange(8.0).reshape(2, 1, 2, 2)
    array[0, 0, 0] = [np.nan, -np.inf]
    inputs = {"x": [[[["nan", "-inf"], [2.0, 3.0]]], [[[4.0, 5.0], [6.0, 7.0]]]], "stride": 2}
    names: dict = {"np": np}
    exec(evidence({"inputs": inputs}).inputs, names)
    np.testing.assert_array_equal(names["x"], array)
    assert names["stride"] == 2


def test_inputs_that_hold_arrays_can_be_pasted_too():
    held = {
        "tuple": [
            [[1.0, 2.0], [3.0, 4.0]],
            {"text": "None"},
            {"dict": [["'stride'", {"text": "(1, 2)"}], ["'w'", [5]]]},
        ]
    }
    names: dict = {"np": np}
    exec(evidence({"inputs": {"cache": held, "one": {"tuple": [[1]]}}}).inputs, names)
    x, nothing, settings = names["cache"]
    np.testing.assert_array_equal(x, [[1.0, 2.0], [3.0, 4.0]])
    np.testing.assert_array_equal(settings["w"], [5])
    assert (nothing, settings["stride"], len(names["one"])) == (None, (1, 2), 1)


def test_what_is_unknown_keeps_its_name():
    assert evidence({"worst_ratio": 3.5}).others == [("worst ratio", "3.5")]


@pytest.mark.parametrize(
    "broken",
    [
        {"index": "here", "expected_window": "no", "got_window": 3},
        {"index": ["a"], "window_origin": "x", "expected_window": [[1]]},
        {"index": [1], "window_origin": [0], "expected_window": [1, 2, 3], "got_window": [[]]},
        {"expected_window": [[]], "got_window": [[], []]},
        {"inputs": 3, "call": 5, "what": None, "index": []},
        {"inputs": {"x": [[1], 2, []]}},
        {"inputs": {"x": {"tuple": 3}, "y": {"dict": [1, [2]]}, "z": {"set": [1]}, "t": {"text": None}}},
    ],
)
def test_a_counterexample_of_another_form_breaks_no_page(broken):
    assert evidence(broken) is not None
