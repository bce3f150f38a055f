from __future__ import annotations

import statistics

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reference.normalisation import batchnorm_backward, batchnorm_forward, rescale
from reference.oracles.normalisation import batch_norm

SEEDS = st.integers(0, 2**32)
BATCHES = st.one_of(
    st.tuples(st.integers(2, 7), st.integers(1, 5)),
    st.tuples(st.integers(1, 4), st.integers(1, 4), st.integers(2, 5), st.integers(1, 5)),
)


@settings(deadline=None, max_examples=200)
@given(BATCHES, st.booleans(), st.sampled_from([1e-5, 1e-3, 1.0]), SEEDS)
def test_batch_norm_agrees_with_torch(shape: tuple[int, ...], in_training: bool, eps: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    x, dout = rng.normal(size=shape) * 3 + 2, rng.normal(size=shape)
    gamma, beta, mean = rng.normal(size=(3, shape[1]))
    running = mean, rng.uniform(0.1, 2, size=shape[1])
    param = {"mode": "train" if in_training else "test", "eps": eps, "running_mean": mean, "running_var": running[1]}
    out, cache = batchnorm_forward(x, gamma, beta, param)
    expected = batch_norm(x, gamma, beta, dout, None if in_training else running, eps)
    for got, right in zip((out, *batchnorm_backward(dout, cache)), expected, strict=True):
        np.testing.assert_allclose(got, right, rtol=1e-10, atol=1e-10)


def test_batch_norm_is_its_definition() -> None:
    """By the standard library's mean and variance of each channel's own numbers."""
    rng = np.random.default_rng(1)
    x, gamma, beta = rng.normal(size=(2, 3, 2, 2)), rng.normal(size=3), rng.normal(size=3)
    out, _ = batchnorm_forward(x, gamma, beta, {"mode": "train"})
    for c in range(3):
        numbers = x[:, c].ravel().tolist()
        mean, variance = statistics.fmean(numbers), statistics.pvariance(numbers)
        right = [gamma[c] * (number - mean) / (variance + 1e-5) ** 0.5 + beta[c] for number in numbers]
        np.testing.assert_allclose(out[:, c].ravel(), right, rtol=1e-12)


@settings(deadline=None, max_examples=100)
@given(BATCHES, SEEDS, st.floats(-5, 5), st.floats(0.1, 9))
def test_rescale_reaches_both_ends_and_keeps_proportions(shape: tuple, seed: int, lo: float, width: float) -> None:
    x = np.random.default_rng(seed).normal(size=shape)
    out = rescale(x, lo, lo + width)
    if x.size > 1:
        least, most = min(x.ravel().tolist()), max(x.ravel().tolist())
        right = [lo + width * (number - least) / (most - least) for number in x.ravel().tolist()]
        np.testing.assert_allclose(out.ravel(), right, rtol=1e-12, atol=1e-12)


def test_rescale_along_an_axis_and_of_constants() -> None:
    x = np.array([[1.0, 5.0, 2.0], [3.0, 5.0, 6.0]])
    assert rescale(x, axis=0).tolist() == [[0, 0, 0], [1, 0, 1]]
    assert rescale(x, -1, 1, axis=1).tolist() == [[-1, 1, -0.5], [-1, pytest.approx(1 / 3), 1]]
    assert rescale(np.full((2, 2), 7), -1, 1).tolist() == [[-1, -1], [-1, -1]]


def test_float32_stays_float32_and_integers_become_float64() -> None:
    for dtype, wanted in (("f4", "f4"), ("i8", "f8")):
        x, ones = np.arange(6).reshape(3, 2).astype(dtype), np.ones(2, dtype)
        for mode in ("train", "test"):
            param = {"mode": mode, "running_mean": ones, "running_var": ones}
            out, cache = batchnorm_forward(x, ones, ones, param)
            arrays = (rescale(x), out, *batchnorm_backward(out, cache))
            assert {array.dtype for array in arrays} == {np.dtype(wanted)}


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: rescale(np.ones(3), 1, 1), "hi must be above lo"),
        (lambda: rescale(np.ones(0)), "zero-size"),
        (lambda: batchnorm_forward(np.ones((2, 3)), np.ones(2), np.ones(2), {"mode": "train"}), "one gamma"),
        (lambda: batchnorm_forward(np.ones((0, 3)), np.ones(3), np.ones(3), {"mode": "train"}), "one gamma"),
        (lambda: batchnorm_forward(np.ones((2, 3)), np.ones(3), np.ones(3), {"mode": "eval"}), "train or test"),
        (lambda: batchnorm_forward(np.ones((2, 3)), np.ones(3), np.ones(3), {"mode": "train", "m": 1}), "know"),
        (
            lambda: batchnorm_backward(
                np.ones(3), batchnorm_forward(np.ones((2, 3)), np.ones(3), np.ones(3), {"mode": "train"})[1]
            ),
            "shape of the output",
        ),
    ],
)
def test_impossible_arguments_are_refused(call, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()
