"""Heat maps of a counterexample: one scale for expected and got, the worst place framed, old results without any."""

from __future__ import annotations

import base64
import io

import numpy as np
import pytest
from PIL import Image

from grader.excerpts import compared, of_input
from server.rendering.evidence import evidence
from server.rendering.heat import heat_maps
from server.rendering.pictures import colour
from server.rendering.raster import diverging

EXPECTED = np.linspace(-1.0, 1.0, 36).reshape(1, 1, 6, 6)
INDEX = (0, 0, 2, 3)


def counterexample(got: np.ndarray = EXPECTED * 2) -> dict:
    maps = compared(got, EXPECTED, INDEX)
    return {"what": "out", "index": list(INDEX), "maps": maps | {"input": of_input({"x": got}, got.shape, INDEX)}}


def drawn(uri: str) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(uri.removeprefix("data:image/png;base64,")))))


def test_input_expected_got_and_difference_are_drawn():
    maps = heat_maps(counterexample())
    assert [each.title for each in maps] == ["Input", "Expected", "Got", "Got − expected"]
    assert [each.where for each in maps] == ["x[0, 0, 0:6, 0:6]", *["out[0, 0, 0:6, 0:6]"] * 3]
    assert [each.worst for each in maps] == [None, (2, 3), (2, 3), (2, 3)]


def test_expected_and_got_share_a_scale_and_the_difference_has_its_own():
    _, expected, got, difference = heat_maps(counterexample())
    assert expected.ends == got.ends == ("−2", "2")
    assert difference.ends == ("−1", "1")
    assert drawn(got.uri)[5, 5].tolist() == [36, 82, 196]
    assert 120 < drawn(expected.uri)[5, 5][0] < 160, "half as strong"


def test_one_huge_value_does_not_hide_the_others():
    got = EXPECTED.copy()
    got[INDEX] = 1e12
    _, expected, shown, _ = heat_maps(counterexample(got))
    assert expected.ends == shown.ends == ("−4", "4")
    assert "cut off" in shown.note


def test_nan_is_grey_and_said():
    got = EXPECTED.copy()
    got[INDEX] = np.nan
    shown = heat_maps(counterexample(got))[2]
    assert drawn(shown.uri)[2, 3].tolist() == [154, 161, 178]
    assert "no finite number" in shown.note
    assert "nan at the worst place" in shown.words


def test_an_old_result_has_no_heat_maps():
    assert evidence({"what": "out", "index": [0, 0], "expected": 1.0, "got": 2.0}).maps == []


@pytest.mark.parametrize(
    "maps",
    [
        "no",
        {},
        {"expected": [[1.0]], "got": [[1.0]]},
        {"expected": [[1.0]], "got": [[1.0, 2.0]], "difference": [[0.0]]},
        {"expected": [["a"]], "got": [[1.0]], "difference": [[0.0]]},
        {"expected": [[1.0], [1.0, 2.0]], "got": [[1.0]], "difference": [[0.0]]},
        {"expected": [[1.0] * 500], "got": [[1.0] * 500], "difference": [[1.0] * 500]},
        {"expected": [[1.0]], "got": [[1.0]], "difference": [[0.0]], "input": 3, "origin": "x"},
    ],
)
def test_maps_of_another_form_break_no_page(maps):
    assert len(evidence({"maps": maps, "index": [0, 0]}).maps) in (0, 3)


def test_colours_are_those_of_the_drawn_pictures():
    shares = np.array([[-2.0, -0.4, 0.0, 0.7, 1.0, np.nan]])
    hexadecimal = ["#" + "".join(f"{channel:02x}" for channel in pixel) for pixel in diverging(shares)[0]]
    assert hexadecimal == [colour(share) for share in shares[0]]
