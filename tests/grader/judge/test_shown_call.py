"""How a call is shown to students: its arrays by dtype and shape, and small inputs in full."""

from __future__ import annotations

import numpy as np

from grader.contract import Entry
from grader.judge.shown_call import image_arguments, named_arguments, show_call, small_inputs

ENTRY = Entry(name="conv_backward", signature="(dout, cache)")


def test_arrays_inside_tuples_and_dictionaries_are_shown_by_their_shape():
    cache = (
        np.zeros((1, 1, 3, 4)),
        None,
        {"w": np.zeros(2, np.float32), "stride": (1, 2)},
        [np.zeros(1)],
        (np.ones(3),),
    )
    assert show_call("conv_backward", (np.zeros((1, 2)), cache), {}) == (
        "conv_backward(float64[1, 2], (float64[1, 1, 3, 4], None, {'w': float32[2], 'stride': (1, 2)}, [float64[1]], "
        "(float64[3],)))"
    )


def test_small_inputs_hold_what_stands_beside_their_arrays():
    given = named_arguments(ENTRY, (np.ones((1, 2)), (np.zeros(2), {"stride": 1}, {"w": np.arange(2)})), {})
    assert small_inputs(given) == {
        "dout": [[1.0, 1.0]],
        "cache": {"tuple": [[0.0, 0.0], {"text": "{'stride': 1}"}, {"dict": [["'w'", [0, 1]]]}]},
    }


def test_inputs_of_many_numbers_are_left_out_wherever_they_are():
    assert small_inputs({"x": np.zeros(32), "cache": (np.zeros(32),)}) != {}
    assert small_inputs({"x": np.zeros(32), "cache": (np.zeros(33),)}) == {}


def test_only_arrays_on_their_own_are_drawn_as_images():
    given = {"x": np.zeros((1, 1, 9, 9)), "cache": (np.zeros((9, 9)),), "stride": 2}
    assert list(image_arguments(given)) == ["x"]
