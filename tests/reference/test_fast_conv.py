"""The convolution tap by tap, against the layer's definition one output pixel at a time."""

from __future__ import annotations

import numpy as np
import pytest

from reference.conv import conv_backward, conv_forward
from reference.fast_conv import conv_backward_offsets, conv_forward_offsets

LAYERS = [
    pytest.param((2, 3, 7, 9), (4, 3, 3, 3), {}, id="plain"),
    pytest.param((2, 2, 8, 11), (3, 2, 3, 3), {"stride": 2, "pad": 1}, id="stride that does not fit"),
    pytest.param((1, 2, 9, 10), (2, 2, 3, 5), {"stride": (2, 3), "pad": (0, 2)}, id="pairs"),
    pytest.param((2, 2, 12, 13), (2, 2, 3, 2), {"stride": 2, "pad": (1, 2), "dilation": (1, 3)}, id="everything"),
    pytest.param((2, 4, 5, 6), (3, 4, 1, 1), {}, id="1x1"),
]


def layer(x_shape, w_shape, dtype=np.float64):
    rng = np.random.default_rng(11)
    return [rng.standard_normal(shape).astype(dtype) for shape in (x_shape, w_shape, w_shape[:1])]


@pytest.mark.parametrize(("x_shape", "w_shape", "conv_param"), LAYERS)
def test_maps_are_those_of_the_definition(x_shape, w_shape, conv_param) -> None:
    x, w, b = layer(x_shape, w_shape)
    np.testing.assert_allclose(
        conv_forward_offsets(x, w, b, conv_param), conv_forward(x, w, b, conv_param)[0], rtol=1e-12, atol=1e-12
    )


@pytest.mark.parametrize(("x_shape", "w_shape", "conv_param"), LAYERS)
def test_gradients_are_those_of_the_definition(x_shape, w_shape, conv_param) -> None:
    x, w, b = layer(x_shape, w_shape)
    out, cache = conv_forward(x, w, b, conv_param)
    dout = np.random.default_rng(12).standard_normal(out.shape)
    for got, wanted in zip(conv_backward_offsets(dout, cache), conv_backward(dout, cache), strict=True):
        np.testing.assert_allclose(got, wanted, rtol=1e-12, atol=1e-12)


def test_arrays_keep_their_floating_type_and_the_inputs_their_values() -> None:
    x, w, b = layer((2, 3, 7, 9), (4, 3, 3, 3), np.float32)
    before = [array.copy() for array in (x, w, b)]
    out = conv_forward_offsets(x, w, b, {"pad": 1})
    gradients = conv_backward_offsets(np.ones_like(out), (x, w, b, {"pad": 1}))
    assert {array.dtype for array in (out, *gradients)} == {np.dtype(np.float32)}
    for array, same in zip((x, w, b), before, strict=True):
        np.testing.assert_array_equal(array, same)


def test_shapes_that_do_not_fit_are_refused() -> None:
    x, w, b = layer((2, 3, 7, 9), (4, 3, 3, 3))
    with pytest.raises(ValueError, match="channels"):
        conv_forward_offsets(x[:, :2], w, b, {})
    with pytest.raises(ValueError, match="dout must have the maps' shape"):
        conv_backward_offsets(np.ones((2, 4, 5, 6)), (x, w, b, {}))
