"""Excerpts of arrays for heat maps: around the worst element, bounded, and strict JSON."""

from __future__ import annotations

import json

import numpy as np
import pytest

from grader.authoring import CheckFailed, expect_close
from grader.excerpts import compared, of_input

RNG = np.random.default_rng(3)
IMAGE = RNG.standard_normal((2, 3, 50, 70))


def test_an_excerpt_lies_around_the_worst_element_and_says_where():
    got = IMAGE.copy()
    got[1, 2, 40, 8] += 5
    maps = compared(got, IMAGE, (1, 2, 40, 8))
    assert maps["origin"] == [1, 2, 18, 0]
    assert maps["shape"] == [2, 3, 50, 70]
    np.testing.assert_allclose(maps["expected"], IMAGE[1, 2, 18:50, 0:32], rtol=6e-3)
    assert maps["difference"][40 - 18][8] == 5.0
    assert np.count_nonzero(maps["difference"]) == 1


def test_a_small_difference_is_not_lost_in_the_rounding():
    got = IMAGE.copy()
    got[0, 0, 0, 0] += 1e-9
    assert compared(got, IMAGE, (0, 0, 0, 0))["difference"][0][0] == pytest.approx(1e-9, rel=1e-2)


def test_infinities_and_nan_are_strict_json():
    got = np.full((4, 4), np.inf)
    maps = compared(got, np.full((4, 4), -np.inf), (0, 0))
    assert json.loads(json.dumps(maps, allow_nan=False))["difference"][0][0] == "inf"
    assert compared(got, got, (0, 0))["difference"][0][0] == "nan"


@pytest.mark.parametrize("shape", [(), (50,), (3, 50), (50, 3), (2, 3, 3, 50)])
def test_what_is_no_image_has_no_excerpt(shape):
    assert compared(np.zeros(shape), np.ones(shape), (0,) * len(shape)) == {}


def test_complex_numbers_have_no_excerpt():
    assert compared(np.zeros((5, 5), complex), np.zeros((5, 5)), (0, 0)) == {}


def test_the_largest_excerpts_stay_small():
    got, wide = RNG.standard_normal((2, 1, 1, 500, 500)) * -1e-5
    maps = compared(got, wide, (0, 0, 250, 250)) | {"input": of_input({"x": got}, got.shape, (0, 0, 250, 250))}
    assert len(json.dumps(maps)) < 64 * 1024


def test_the_input_is_cut_where_the_output_is_wrong():
    pooled_shape, index = (2, 3, 25, 35), (1, 2, 20, 30)
    found = of_input({"x": IMAGE}, pooled_shape, index)
    assert (found["name"], found["origin"]) == ("x", [1, 2, 18, 38])
    np.testing.assert_allclose(found["values"], IMAGE[1, 2, 18:50, 38:70], rtol=6e-3)


def test_an_input_with_other_channels_shows_its_first():
    assert of_input({"x": IMAGE}, (2, 8, 50, 70), (1, 7, 0, 0))["origin"] == [1, 0, 0, 0]


def test_only_an_argument_with_the_same_axes_is_the_input():
    assert of_input({"w": IMAGE[0], "x": IMAGE}, (2, 3, 50, 70), (0, 0, 0, 0))["name"] == "x"
    assert of_input({"w": IMAGE[0]}, (2, 3, 50, 70), (0, 0, 0, 0)) == {}


def test_a_failed_comparison_of_images_carries_the_excerpts():
    with pytest.raises(CheckFailed) as failure:
        expect_close(IMAGE + 1, IMAGE)
    assert set(failure.value.evidence["maps"]) == {"shape", "origin", "expected", "got", "difference"}
    with pytest.raises(CheckFailed) as failure:
        expect_close(np.ones((3, 3)), np.zeros((3, 3)))
    assert "maps" not in failure.value.evidence
