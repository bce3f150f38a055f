from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reference import definition
from reference.conv import conv_backward, conv_forward, conv_forward_im2col
from reference.oracles.conv import convolve, gradients
from reference.sizes import extent

SOLUTIONS = [conv_forward, conv_forward_im2col]


@dataclass(frozen=True)
class Case:
    x: np.ndarray
    w: np.ndarray
    b: np.ndarray
    stride: tuple[int, int]
    pad: tuple[int, int]
    dilation: tuple[int, int]

    @property
    def conv_param(self) -> dict:
        return {"stride": self.stride, "pad": self.pad, "dilation": self.dilation}

    def by_torch(self) -> np.ndarray:
        return convolve(self.x, self.w, self.b, self.stride, self.pad, self.dilation)


def pairs(least: int, most: int) -> st.SearchStrategy[tuple[int, int]]:
    return st.tuples(st.integers(least, most), st.integers(least, most))


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Any layer that has an output: height and width differ in everything, most windows do not fit exactly."""
    kernel, dilation, pad = draw(pairs(1, 4)), draw(pairs(1, 3)), draw(pairs(0, 3))
    sides = []
    for axis in (0, 1):
        least = max(1, extent(kernel[axis], dilation[axis]) - 2 * pad[axis])
        sides.append(draw(st.integers(least, least + 7)))
    n, c, f = draw(st.integers(1, 3)), draw(st.integers(1, 4)), draw(st.integers(1, 4))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    return Case(
        x=rng.normal(size=(n, c, *sides)),
        w=rng.normal(size=(f, c, *kernel)),
        b=rng.normal(size=f),
        stride=draw(pairs(1, 4)),
        pad=pad,
        dilation=dilation,
    )


@settings(deadline=None, max_examples=150)
@given(cases())
def test_solutions_agree_with_torch(case: Case) -> None:
    expected = case.by_torch()
    for solution in SOLUTIONS:
        out, _ = solution(case.x, case.w, case.b, case.conv_param)
        np.testing.assert_allclose(out, expected, rtol=1e-11, atol=1e-12)


@settings(deadline=None, max_examples=60)
@given(cases())
def test_torch_agrees_with_the_definition(case: Case) -> None:
    maps = definition.convolve(case.x.tolist(), case.w.tolist(), case.b.tolist(), case.stride, case.pad, case.dilation)
    np.testing.assert_allclose(case.by_torch(), np.array(maps), rtol=1e-11, atol=1e-12)


@pytest.mark.parametrize("solution", SOLUTIONS)
def test_conv_forward_gives_the_published_example_of_cs231n(solution) -> None:
    """First assignment on convolutional networks, "Convolution: naive forward pass"."""
    x = np.linspace(-0.1, 0.5, num=2 * 3 * 4 * 4).reshape(2, 3, 4, 4)
    w = np.linspace(-0.2, 0.3, num=3 * 3 * 4 * 4).reshape(3, 3, 4, 4)
    out, _ = solution(x, w, np.linspace(-0.1, 0.2, num=3), {"stride": 2, "pad": 1})
    assert out.shape == (2, 3, 2, 2)
    np.testing.assert_allclose(out[0, 0], [[-0.08759809, -0.10987781], [-0.18387192, -0.2109216]], atol=1e-8)
    np.testing.assert_allclose(out[1, 2], [[2.36270298, 2.36904306], [2.38090835, 2.38247847]], atol=1e-8)


@pytest.mark.parametrize("solution", SOLUTIONS)
def test_conv_forward_is_not_flipped(solution) -> None:
    x, w = np.arange(9.0).reshape(1, 1, 3, 3), np.arange(4.0).reshape(1, 1, 2, 2)
    out, _ = solution(x, w, np.zeros(1), {})
    assert out[0, 0].tolist() == [[19, 25], [37, 43]]


@pytest.mark.parametrize("solution", SOLUTIONS)
@pytest.mark.parametrize(
    ("x", "w", "expected"),
    [
        ("f4", "f4", "f4"),
        ("f4", "f8", "f8"),
        ("i8", "f8", "f8"),
        ("u1", "i4", "f8"),
        ("u1", "u1", "f8"),
        ("u1", "f4", "f4"),
    ],
)
def test_conv_forward_dtype_is_the_floating_type_of_both(solution, x: str, w: str, expected: str) -> None:
    out, _ = solution(np.full((1, 1, 3, 3), 200, x), np.full((1, 1, 2, 2), 3, w), np.zeros(1, w), {})
    assert out.dtype == np.dtype(expected)
    assert out.ravel().tolist() == [2400.0] * 4


@pytest.mark.parametrize("solution", SOLUTIONS)
def test_conv_forward_leaves_its_inputs_alone(solution) -> None:
    rng = np.random.default_rng(0)
    inputs = rng.normal(size=(1, 1, 4, 4)), rng.normal(size=(1, 1, 1, 1)), rng.normal(size=1)
    copies = [array.copy() for array in inputs]
    out, _ = solution(*inputs, {})
    assert all(np.array_equal(array, copy) for array, copy in zip(inputs, copies, strict=True))
    assert not any(np.may_share_memory(out, array) for array in inputs)


@pytest.mark.parametrize(
    ("x", "w", "b", "conv_param", "message"),
    [
        ((3, 4, 4), (1, 3, 2, 2), 1, {}, "four axes"),
        ((1, 3, 4, 4), (1, 2, 2, 2), 1, {}, "3 channels"),
        ((1, 3, 4, 4), (2, 3, 2, 2), 1, {}, "one bias per kernel"),
        ((1, 1, 2, 9), (1, 1, 3, 3), 1, {}, "does not fit"),
        ((1, 1, 4, 4), (1, 1, 2, 2), 1, {"stride": 0}, "stride"),
        ((1, 1, 4, 4), (1, 1, 2, 2), 1, {"pad": (1, -1)}, "pad"),
        ((1, 1, 4, 4), (1, 1, 2, 2), 1, {"padding": 1}, "not padding"),
    ],
)
def test_conv_forward_refuses_what_does_not_fit(x, w, b, conv_param, message) -> None:
    for solution in SOLUTIONS:
        with pytest.raises(ValueError, match=message):
            solution(np.zeros(x), np.zeros(w), np.zeros(b), conv_param)


@settings(deadline=None, max_examples=150)
@given(cases(), st.integers(0, 2**32))
def test_conv_backward_agrees_with_automatic_differentiation(case: Case, seed: int) -> None:
    dout = np.random.default_rng(seed).normal(size=case.by_torch().shape)
    got = conv_backward(dout, (case.x, case.w, case.b, case.conv_param))
    expected = gradients(dout, case.x, case.w, case.b, case.stride, case.pad, case.dilation)
    for ours, theirs in zip(got, expected, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-10, atol=1e-12)


@settings(deadline=None, max_examples=40)
@given(cases(), st.integers(0, 2**32))
def test_conv_backward_is_the_adjoint_of_the_definition(case: Case, seed: int) -> None:
    """<conv(x), dout> = <x, dx> = <w, dw> for a layer without a bias, with the maps from the definition."""
    settings = case.stride, case.pad, case.dilation
    maps = definition.convolve(case.x.tolist(), case.w.tolist(), [0.0] * len(case.w), *settings)
    dout = np.random.default_rng(seed).normal(size=np.shape(maps))
    dx, dw, db = conv_backward(dout, (case.x, case.w, case.b, case.conv_param))
    product = float((np.array(maps) * dout).sum())
    assert float((case.x * dx).sum()) == pytest.approx(product, rel=1e-9, abs=1e-10)
    assert float((case.w * dw).sum()) == pytest.approx(product, rel=1e-9, abs=1e-10)
    np.testing.assert_allclose(db, dout.sum(axis=(0, 2, 3)))


@pytest.mark.parametrize(("dtype", "expected"), [("f4", "f4"), ("f8", "f8"), ("u1", "f8")])
def test_conv_backward_dtype_and_memory(dtype: str, expected: str) -> None:
    x, w, b = np.full((1, 1, 3, 3), 200, dtype), np.full((1, 1, 2, 2), 3, dtype), np.zeros(1, dtype)
    dout = np.full((1, 1, 2, 2), 2, dtype)
    results = conv_backward(dout, (x, w, b, {}))
    assert {array.dtype for array in results} == {np.dtype(expected)}
    assert results[0][0, 0].tolist() == [[6, 12, 6], [12, 24, 12], [6, 12, 6]]
    assert results[1][0, 0].tolist() == [[1600, 1600], [1600, 1600]]
    assert results[2].tolist() == [8]
    assert not any(np.may_share_memory(array, given) for array in results for given in (x, w, b, dout))


def test_conv_backward_refuses_another_shape_of_dout() -> None:
    with pytest.raises(ValueError, match=r"dout must have the maps' shape \(1, 1, 3, 3\)"):
        conv_backward(np.zeros((1, 1, 2, 2)), (np.zeros((1, 1, 4, 4)), np.zeros((1, 1, 2, 2)), np.zeros(1), {}))
