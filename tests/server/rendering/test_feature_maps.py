"""Feature maps as pictures: every map in its place, one scale a layer, small enough for a phone."""

from __future__ import annotations

import base64
import io

import numpy as np
import pytest
from PIL import Image

from grader.contract.figure import FeatureMaps, Layer, Planes
from server.rendering.feature_maps import WIDEST, drawn_maps


def planes(levels: np.ndarray, low: float = 0.0, high: float = 255.0) -> Planes:
    return Planes(*levels.shape[1:], low, high, base64.b64encode(levels.astype(np.uint8).tobytes()).decode())


def maps(layer: Planes, shape: tuple[int, ...], kernels: Planes | None = None) -> FeatureMaps:
    images = np.stack([np.full((4, 4), 40), np.full((4, 4), 200)])
    return FeatureMaps("Sees", ("disc", "ring"), planes(images), (Layer("c1", shape, layer),), kernels)


def pixels(picture) -> np.ndarray:
    """The picture's colours and opacity (H, W, 4)."""
    file = base64.b64decode(picture.uri.removeprefix("data:image/png;base64,"))
    return np.asarray(Image.open(io.BytesIO(file)).convert("RGBA"))


def test_each_image_has_its_own_maps():
    levels = np.stack([np.full((20, 20), 10 * number + 1) for number in range(6)])
    drawn = drawn_maps(maps(planes(levels), (3, 20, 20)))
    for number, (layer,) in enumerate(drawn.layers):
        seen = pixels(layer.picture)
        found = sorted(set(seen[seen[..., 3] == 255][:, 0].tolist()))
        assert found == [30 * number + 1, 30 * number + 11, 30 * number + 21]


def test_maps_stand_in_rows_from_left_to_right_with_transparent_gaps():
    levels = np.stack([np.full((30, 30), number + 1) for number in range(12)])
    ((layer,), _) = drawn_maps(maps(planes(levels), (6, 30, 30))).layers
    seen = pixels(layer.picture)
    assert seen.shape[:2] == (2 * 30 + 1, 3 * 30 + 2)
    assert [seen[0, column, 0] for column in (0, 31, 62)] == [1, 2, 3]
    assert [seen[31, column, 0] for column in (0, 31, 62)] == [4, 5, 6]
    assert not seen[:, 30, 3].any()
    assert not seen[30, :, 3].any()


def test_black_is_no_gap():
    seen = pixels(drawn_maps(maps(planes(np.zeros((2, 8, 8))), (1, 8, 8))).layers[0][0].picture)
    assert (seen[..., 3] == 255).all()
    assert seen[..., :3].max() <= 1


def test_negative_values_are_red_zero_white_and_positive_ones_blue():
    levels = np.array([[[0, 128, 255]]] * 2)
    layer = drawn_maps(maps(planes(levels, -2.0, 2.0), (1, 1, 3))).layers[0][0]
    row = pixels(layer.picture)[0].astype(int)
    left, middle, right = row[0], row[len(row) // 2], row[-1]
    assert left[0] > left[2] + 100
    assert middle[:3].min() >= 250
    assert right[2] > right[0] + 100
    assert (layer.scale.look, layer.scale.low, layer.scale.high) == ("diverging", "−2", "2")


def test_a_scale_that_is_not_even_has_white_at_zero():
    levels = np.array([[[64, 255]]] * 2)
    layer = drawn_maps(maps(planes(levels, -1.0, 3.0), (1, 1, 2))).layers[0][0]
    assert pixels(layer.picture)[0, 0, :3].min() >= 250
    assert (layer.scale.low, layer.scale.high) == ("−3", "3")


def test_what_is_not_negative_is_grey():
    layer = drawn_maps(maps(planes(np.array([[[10, 250]]] * 2), 0.0, 1.5), (1, 1, 2))).layers[0][0]
    seen = pixels(layer.picture)
    assert (seen[..., 0] == seen[..., 2]).all()
    assert (layer.scale.look, layer.scale.low, layer.scale.high) == ("grey", "0", "1.5")


@pytest.mark.parametrize("count", [1, 6, 16, 17, 33, 64])
@pytest.mark.parametrize("side", [2, 5, 10, 28, 64])
def test_pictures_fit_on_a_phone(count, side):
    layer = drawn_maps(maps(planes(np.full((2 * count, side, side), 9)), (count, side, side))).layers[0][0]
    assert 0 < layer.picture.width <= WIDEST + 8
    seen = pixels(layer.picture)
    assert layer.picture.width % seen.shape[1] == layer.picture.height % seen.shape[0] == 0, "enlarged by whole numbers"


def test_units_of_a_linear_layer_are_squares():
    layer = drawn_maps(maps(planes(np.arange(20).reshape(20, 1, 1)), (10,))).layers[0][0]
    assert layer.shape == "10"
    assert "10 units of c1 for disc; number 10 has the largest mean amount" in layer.picture.words


def test_kernels_and_inputs_are_pictures_with_words():
    drawn = drawn_maps(maps(planes(np.ones((2, 8, 8))), (1, 8, 8), planes(np.ones((6, 5, 5)), -1.0, 1.0)))
    assert drawn.kernels.words == "6 kernels of 5 × 5"
    assert drawn.kernel_scale.look == "diverging"
    assert [picture.words for picture in drawn.inputs] == ["The image disc", "The image ring"]
    assert drawn_maps(maps(planes(np.ones((2, 8, 8))), (1, 8, 8))).kernels is None
