from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reference.kernels import KERNELS, convolve2d, correlate2d
from reference.oracles import kernels as oracle

D2L = np.arange(9.0).reshape(3, 3), np.arange(4.0).reshape(2, 2)
SOBEL = np.array([[1.0, 0, -1], [2, 0, -2], [1, 0, -1]])
TABLE = np.array([[1.0, 2, 0, 1], [3, 1, 1, 0], [0, 2, 4, 1], [1, 0, 2, 3]])


@st.composite
def pairs(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray]:
    """An image and a kernel of any sides: the kernel may be the larger."""
    sides = [draw(st.integers(1, 9)) for _ in range(4)]
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    return rng.normal(size=sides[:2]), rng.normal(size=sides[2:])


@settings(deadline=None, max_examples=300)
@given(pairs())
def test_full_convolution_agrees_with_torch(pair: tuple[np.ndarray, np.ndarray]) -> None:
    v, k = pair
    np.testing.assert_allclose(convolve2d(v, k, "full"), oracle.convolve(v, k), rtol=1e-10, atol=1e-12)


@settings(deadline=None, max_examples=300)
@given(pairs())
def test_correlation_agrees_with_torch_or_is_refused(pair: tuple[np.ndarray, np.ndarray]) -> None:
    x, k = pair
    if (np.array(k.shape) > x.shape).any():
        with pytest.raises(ValueError, match="does not fit"):
            correlate2d(x, k)
        with pytest.raises(ValueError, match="does not fit"):
            convolve2d(x, k, "valid")
    else:
        np.testing.assert_allclose(correlate2d(x, k), oracle.correlate(x, k), rtol=1e-10, atol=1e-12)


@settings(deadline=None, max_examples=300)
@given(pairs())
def test_modes_are_parts_of_the_full_convolution(pair: tuple[np.ndarray, np.ndarray]) -> None:
    v, k = pair
    full = oracle.convolve(v, k)
    top, left = ((taps - 1) // 2 for taps in k.shape)
    same = full[top : top + v.shape[0], left : left + v.shape[1]]
    np.testing.assert_allclose(convolve2d(v, k, "same"), same, rtol=1e-10, atol=1e-12)
    if (np.array(k.shape) <= v.shape).all():
        valid = full[k.shape[0] - 1 : v.shape[0], k.shape[1] - 1 : v.shape[1]]
        np.testing.assert_allclose(convolve2d(v, k, "valid"), valid, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("mode", ["full", "same", "valid"])
@pytest.mark.parametrize("taps", [1, 2, 3, 4, 5])
def test_modes_are_those_of_np_convolve(mode: str, taps: int) -> None:
    rng = np.random.default_rng(taps)
    v, k = rng.normal(size=7), rng.normal(size=taps)
    expected = np.convolve(v, k, mode)  # type: ignore[call-overload]
    np.testing.assert_allclose(convolve2d(v[None], k[None], mode)[0], expected, rtol=1e-12)
    np.testing.assert_allclose(convolve2d(v[:, None], k[:, None], mode)[:, 0], expected, rtol=1e-12)


def test_published_examples() -> None:
    """Dive into Deep Learning, "The Cross-Correlation Operation", and one with a Sobel kernel worked out by hand."""
    assert correlate2d(*D2L).tolist() == [[19, 25], [37, 43]]
    assert convolve2d(*D2L, "valid").tolist() == [[5, 11], [23, 29]]
    assert correlate2d(TABLE, SOBEL).tolist() == [[1, 4], [-7, 0]]
    assert convolve2d(TABLE, SOBEL, "valid").tolist() == [[-1, -4], [7, 0]]


@pytest.mark.parametrize(
    ("x", "k", "expected"), [("f4", "f4", "f4"), ("f4", "f8", "f8"), ("u1", "i4", "f8"), ("i8", "i8", "f8")]
)
def test_dtype_is_the_floating_type_of_both(x: str, k: str, expected: str) -> None:
    image, kernel = np.full((3, 3), 200, x), np.full((2, 2), 3, k)
    for out in (correlate2d(image, kernel), convolve2d(image, kernel, "valid")):
        assert out.dtype == np.dtype(expected)
        assert out.ravel().tolist() == [2400.0] * 4


def test_inputs_stay_as_they_were() -> None:
    rng = np.random.default_rng(0)
    x, k = rng.normal(size=(4, 4)), rng.normal(size=(1, 1))
    copies = x.copy(), k.copy()
    for out in (correlate2d(x, k), *(convolve2d(x, k, mode) for mode in ("full", "same", "valid"))):
        assert np.array_equal(x, copies[0])
        assert np.array_equal(k, copies[1])
        assert not np.may_share_memory(out, x)


@pytest.mark.parametrize(
    ("x", "k", "mode", "message"),
    [
        ((4, 4), (2, 2), "SAME", "mode must be one of"),
        ((1, 4, 4), (2, 2), "full", "two axes"),
        ((4, 4), (2,), "full", "two axes"),
        ((0, 4), (2, 2), "full", "at least one pixel"),
        ((4, 4), (0, 2), "same", "at least one pixel"),
    ],
)
def test_convolve2d_refuses_what_does_not_fit(x, k, mode: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        convolve2d(np.zeros(x), np.zeros(k), mode)


def test_named_kernels_do_what_they_say() -> None:
    rng = np.random.default_rng(1)
    image, middle = rng.normal(size=(6, 7)), (slice(1, -1), slice(1, -1))
    ramp = np.arange(6.0)[:, None] * 10 + np.arange(7.0)
    by_name = {name: correlate2d(image, kernel.weights) for name, kernel in KERNELS.items()}
    np.testing.assert_allclose(by_name["identity"], image[middle])
    np.testing.assert_allclose(by_name["sharpen"], image[middle] - by_name["laplacian"])
    assert np.allclose(correlate2d(ramp, KERNELS["sobel_x"].weights), 8)
    assert np.allclose(correlate2d(ramp, KERNELS["sobel_y"].weights), 80)
    assert np.allclose(correlate2d(ramp, KERNELS["laplacian"].weights), 0)
    assert math.isclose(KERNELS["blur"].weights.sum(), 1)
    assert (KERNELS["blur"].weights > 0).all()


def test_named_kernels_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="read-only"):
        KERNELS["blur"].weights[0, 0] = 1
