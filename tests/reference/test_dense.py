from __future__ import annotations

import math
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reference.activations import relu_backward, relu_forward, sigmoid, softmax
from reference.dense import affine_backward, affine_forward, softmax_loss
from reference.oracles import dense as oracle

SEEDS = st.integers(0, 2**32)
SHAPES = st.lists(st.integers(1, 5), min_size=1, max_size=4).map(tuple)
SPREADS = st.sampled_from([0.0, 1.0, 30.0, 1000.0])


def close(got: object, expected: object) -> None:
    np.testing.assert_allclose(got, expected, rtol=1e-10, atol=1e-12)


@settings(deadline=None, max_examples=150)
@given(SHAPES, SPREADS, SEEDS)
def test_activations_agree_with_torch(shape: tuple[int, ...], spread: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    x, dout = rng.normal(size=shape) * spread, rng.normal(size=shape)
    out, cache = relu_forward(x)
    expected, gradient = oracle.relu(x, dout)
    close(out, expected)
    close(relu_backward(dout, cache), gradient)
    close(sigmoid(x), oracle.sigmoid(x))
    for axis in range(-len(shape), len(shape)):
        close(softmax(x, axis), oracle.softmax(x, axis))


@settings(deadline=None, max_examples=150)
@given(SHAPES, st.integers(1, 4), st.integers(1, 5), SEEDS)
def test_affine_agrees_with_torch(sides: tuple[int, ...], n: int, outputs: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    x, w = rng.normal(size=(n, *sides)), rng.normal(size=(math.prod(sides), outputs))
    b, dout = rng.normal(size=outputs), rng.normal(size=(n, outputs))
    out, cache = affine_forward(x, w, b)
    for got, expected in zip((out, *affine_backward(dout, cache)), oracle.affine(x, w, b, dout), strict=True):
        close(got, expected)


@settings(deadline=None, max_examples=150)
@given(st.integers(1, 6), st.integers(1, 6), SPREADS, SEEDS)
def test_softmax_loss_agrees_with_torch(n: int, classes: int, spread: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    x, y = rng.normal(size=(n, classes)) * spread, rng.integers(classes, size=n)
    loss, dx = softmax_loss(x, y)
    expected, gradient = oracle.cross_entropy(x, y)
    close(loss, expected)
    close(dx, gradient)


def test_softmax_loss_is_its_definition() -> None:
    x, y = np.array([[1.0, 2.0, 0.5], [-1.0, 0.0, 3.0]]), np.array([2, 1])
    shares = [[math.exp(score) / math.fsum(map(math.exp, row)) for score in row] for row in x]
    loss, dx = softmax_loss(x, y)
    close(loss, -(math.log(shares[0][2]) + math.log(shares[1][1])) / 2)
    close(dx, (np.array(shares) - np.eye(3)[y]) / 2)


def test_nothing_overflows() -> None:
    far = np.array([[-1000.0, 0.0, 1000.0], [745.0, -745.0, 5.0]])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert sigmoid(far)[0].tolist() == [0, 0.5, 1]
        assert softmax(far)[0].tolist() == [0, 0, 1]
        assert softmax_loss(far, np.array([0, 1]))[0] == pytest.approx((2000 + 1490) / 2)


def test_float32_stays_float32_and_integers_become_float64() -> None:
    for dtype, wanted in ((np.float32, np.float32), (np.int64, np.float64)):
        x, w, b = (np.ones(shape, dtype) for shape in ((2, 3), (3, 4), (4,)))
        out, cache = affine_forward(x, w, b)
        active, mask = relu_forward(x)
        arrays = [out, *affine_backward(out, cache), active, relu_backward(x, mask), sigmoid(x), softmax(x)]
        assert {array.dtype for array in [*arrays, softmax_loss(x, np.zeros(2, int))[1]]} == {np.dtype(wanted)}


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: relu_backward(np.zeros(3), np.zeros((3, 1))), "shape of x"),
        (lambda: affine_forward(np.zeros((2, 3)), np.zeros((4, 5)), np.zeros(5)), r"weights of shape \(3, M\)"),
        (lambda: affine_forward(np.zeros(3), np.zeros((1, 5)), np.zeros(5)), "weights"),
        (lambda: affine_forward(np.zeros((2, 3)), np.zeros((3, 5)), np.zeros(3)), "one bias per output"),
        (lambda: affine_backward(np.zeros((2, 3)), affine_forward(*map(np.zeros, ((2, 3), (3, 5), 5)))[1]), "dout"),
        (lambda: softmax(np.zeros((2, 0))), "zero-size"),
        (lambda: softmax(np.zeros(2), axis=1), "axis 1"),
        (lambda: softmax_loss(np.zeros((0, 3)), np.zeros(0, int)), "scores"),
        (lambda: softmax_loss(np.zeros((2, 3)), np.eye(3, dtype=int)[:2]), "classes"),
        (lambda: softmax_loss(np.zeros((2, 3)), np.array([0, 3])), "from 0 to 2"),
        (lambda: softmax_loss(np.zeros((2, 3)), np.array([0.0, 1.0])), "whole numbers"),
    ],
)
def test_impossible_arguments_are_refused(call, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()
