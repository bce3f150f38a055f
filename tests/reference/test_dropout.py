from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from reference.dropout import dropout_backward, dropout_forward

SHAPES = st.lists(st.integers(1, 6), min_size=1, max_size=4).map(tuple)
SHARES = st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.7, 1.0])


def param(p: float, seed: int = 0, mode: str = "train") -> dict:
    return {"p": p, "mode": mode, "rng": np.random.default_rng(seed)}


@settings(deadline=None, max_examples=150)
@given(SHAPES, SHARES, st.integers(0, 2**32))
def test_every_number_is_dropped_or_scaled_and_the_gradient_likewise(
    shape: tuple[int, ...], p: float, seed: int
) -> None:
    """By a loop over single numbers: the mask is what a fresh generator of the same seed draws."""
    rng = np.random.default_rng(seed)
    x, dout = rng.normal(size=shape), rng.normal(size=shape)
    out, cache = dropout_forward(x, param(p, seed))
    draws = np.random.default_rng(seed).random(shape)
    dx = dropout_backward(dout, cache)
    for index in np.ndindex(shape):
        factor = 0.0 if draws[index] < p else 1 / (1 - p)
        assert out[index] == pytest.approx(x[index] * factor, rel=1e-15)
        assert dx[index] == pytest.approx(dout[index] * factor, rel=1e-15)


@pytest.mark.parametrize("p", [0.1, 0.3, 0.8])
def test_the_statistics_are_those_of_torch(p: float) -> None:
    """Zeros, the survivors' value and the mean, on as many ones."""
    n = 200_000
    ours, _ = dropout_forward(np.ones(n), param(p))
    torch.manual_seed(0)
    theirs = torch.nn.functional.dropout(torch.ones(n, dtype=torch.float64), p).numpy()
    spread = math.sqrt(p * (1 - p) / n)
    for out in (ours, theirs):
        assert abs((out == 0).mean() - p) < 6 * spread
        np.testing.assert_allclose(out[out != 0], 1 / (1 - p), rtol=1e-12)


@pytest.mark.parametrize("p", [0.0, 0.4, 1.0])
def test_in_test_mode_nothing_is_dropped(p: float) -> None:
    x = np.arange(-3.0, 5.0)
    out, cache = dropout_forward(x, param(p, mode="test"))
    assert np.array_equal(out, x)
    assert not np.may_share_memory(out, x)
    assert np.array_equal(dropout_backward(x, cache), x)


def test_the_generator_alone_decides() -> None:
    x, shared = np.ones((8, 8)), param(0.5, 3)
    first, second = (dropout_forward(x, shared)[0] for _ in range(2))
    assert not np.array_equal(first, second)
    assert np.array_equal(first, dropout_forward(x, param(0.5, 3))[0])


@pytest.mark.parametrize(("dtype", "expected"), [("f4", "f4"), ("f8", "f8"), ("i8", "f8")])
@pytest.mark.parametrize("mode", ["train", "test"])
def test_dropout_keeps_the_floating_type(dtype: str, expected: str, mode: str) -> None:
    out, cache = dropout_forward(np.ones((3, 4), dtype), param(0.25, mode=mode))
    assert out.dtype == dropout_backward(out, cache).dtype == np.dtype(expected)


@pytest.mark.parametrize(
    ("dropout_param", "message"),
    [
        (param(1.5), "from 0 to 1"),
        (param(-0.1), "from 0 to 1"),
        (param(0.5, mode="eval"), "train or test"),
        ({"p": 0.5, "mode": "train"}, "needs rng"),
        ({"p": 0.5}, r"missing \['mode'\]"),
        (param(0.5) | {"keep": 1}, r"unknown \['keep'\]"),
    ],
)
def test_impossible_settings_are_refused(dropout_param: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        dropout_forward(np.ones(3), dropout_param)


def test_dropout_backward_refuses_another_shape() -> None:
    with pytest.raises(ValueError, match="shape of the output"):
        dropout_backward(np.ones(3), np.ones((3, 1)))
