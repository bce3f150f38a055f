from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reference.feature_maps import feature_maps, sobel, sweep, to_display
from reference.oracles import conv
from reference.oracles import feature_maps as oracle

SEEDS = st.integers(0, 2**32)


@settings(deadline=None, max_examples=200)
@given(st.integers(3, 12), st.integers(3, 12), SEEDS)
def test_sobel_agrees_with_differences(height: int, width: int, seed: int) -> None:
    img = np.random.default_rng(seed).normal(size=(height, width))
    gx, gy, magnitude = sobel(img)
    expected = oracle.gradients(img)
    np.testing.assert_allclose([gx, gy], expected, rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(magnitude**2, expected[0] ** 2 + expected[1] ** 2, rtol=1e-10, atol=1e-12)


@settings(deadline=None, max_examples=200)
@given(st.tuples(*[st.integers(1, 4)] * 2), st.tuples(*[st.integers(1, 5)] * 4), st.booleans(), SEEDS)
def test_feature_maps_agree_with_torch(counts, sides, relu: bool, seed: int) -> None:
    (f, c), (kh, kw, more_h, more_w) = counts, sides
    rng = np.random.default_rng(seed)
    img, kernels = rng.normal(size=(c, kh + more_h - 1, kw + more_w - 1)), rng.normal(size=(f, c, kh, kw))
    expected = oracle.maps(img, kernels, relu=relu)
    np.testing.assert_allclose(feature_maps(img, kernels, relu), expected, rtol=1e-10, atol=1e-12)


@settings(deadline=None, max_examples=200)
@given(st.tuples(st.integers(1, 3), st.integers(1, 5), st.integers(1, 5)), st.sampled_from([1, 9, 4000]), SEEDS)
@pytest.mark.parametrize("mode", ["minmax", "symmetric"])
def test_grey_levels_are_the_nearest_to_the_exact_ones(mode: str, shape, largest: int, seed: int) -> None:
    maps = np.random.default_rng(seed).integers(-largest, largest + 1, size=shape)
    shown = to_display(maps.astype(float), mode)
    assert shown.dtype == np.uint8
    for plane, levels in zip(maps, shown, strict=True):
        exact = np.array(oracle.grey(plane.tolist(), mode), dtype=float)
        assert np.abs(levels - exact).max() <= 0.5 + 1e-9


@settings(deadline=None, max_examples=100)
@given(st.tuples(*[st.integers(1, 4)] * 2), st.tuples(*[st.integers(0, 7)] * 2), SEEDS)
def test_sweep_gives_the_shapes_that_torch_gives(kernel, room, seed: int) -> None:
    rng = np.random.default_rng(seed)
    img, k = rng.normal(size=np.add(kernel, room)), rng.normal(size=kernel)
    sizes = sweep(img, k, range(1, 5), range(4))
    assert list(sizes) == [(stride, pad) for stride in range(1, 5) for pad in range(4)]
    for (stride, pad), size in sizes.items():
        out = conv.convolve(img[None, None], k[None, None], np.zeros(1), (stride, stride), (pad, pad))
        assert out.shape[2:] == size


def test_sobel_of_a_step_and_of_a_ramp() -> None:
    step = np.zeros((4, 6))
    step[:, 3:] = 5
    gx, gy, magnitude = sobel(step)
    assert gx.tolist() == magnitude.tolist() == [[0, 20, 20, 0]] * 2
    assert not gy.any()
    gx, gy, _ = sobel(3 * np.arange(5.0)[:, None] + 7 * np.arange(4.0))
    assert (gx == 56).all()
    assert (gy == 24).all()


def test_display_of_a_constant_map_is_black_and_of_zeros_middle_grey() -> None:
    maps = np.stack([np.full((2, 3), -4.0), np.zeros((2, 3))])
    assert to_display(maps).tolist() == np.zeros((2, 2, 3)).tolist()
    assert to_display(maps, "symmetric").tolist() == [[[1] * 3] * 2, [[128] * 3] * 2]


@pytest.mark.parametrize(("given", "expected"), [("f4", "f4"), ("f8", "f8"), ("u1", "f8"), ("i8", "f8")])
def test_dtype_is_floating(given: str, expected: str) -> None:
    img = (np.arange(20).reshape(4, 5) * 12).astype(given)
    for out in (*sobel(img), feature_maps(img[None], np.ones((2, 1, 2, 2), dtype=given))):
        assert out.dtype == np.dtype(expected)
    assert (sobel(img)[0] == 96).all()


def test_inputs_stay_as_they_were() -> None:
    rng = np.random.default_rng(0)
    img, kernels = rng.normal(size=(1, 4, 5)), rng.normal(size=(1, 1, 1, 1))
    copies = img.copy(), kernels.copy()
    sobel(img[0])
    maps = feature_maps(img, kernels, relu=False)
    kept = maps.copy()
    to_display(maps)
    to_display(maps, "symmetric")
    assert all(np.array_equal(a, b) for a, b in zip((img, kernels, maps), (*copies, kept), strict=True))
    assert not np.may_share_memory(maps, img)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: sobel(np.zeros((2, 9))), "does not fit"),
        (lambda: sobel(np.zeros((1, 9, 9))), "two axes"),
        (lambda: feature_maps(np.zeros((4, 4)), np.zeros((1, 1, 2, 2))), "three axes"),
        (lambda: feature_maps(np.zeros((3, 4, 4)), np.zeros((1, 2, 2, 2))), "3 channels"),
        (lambda: feature_maps(np.zeros((1, 2, 4)), np.zeros((1, 1, 3, 3))), "does not fit"),
        (lambda: to_display(np.zeros((2, 3))), "three axes"),
        (lambda: to_display(np.zeros((2, 0, 3))), "at least one pixel"),
        (lambda: to_display(np.zeros((1, 2, 3)), "grey"), "mode must be one of"),
        (lambda: sweep(np.zeros((3, 3)), np.zeros((5, 5)), [1], [0]), "does not fit"),
        (lambda: sweep(np.zeros((3, 3)), np.zeros((3, 3)), [0], [0]), "stride"),
        (lambda: sweep(np.zeros((1, 3, 3)), np.zeros((3, 3)), [1], [0]), "two axes"),
    ],
)
def test_what_does_not_fit_is_refused(call, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()
