from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reference.invariance import pooled_sizes, rot90_relation, shift_agreement
from reference.kernels import KERNELS, correlate2d
from reference.oracles import invariance as oracle
from reference.pooling import pool_forward


def pooling(kind: str, k: int):
    return lambda x: pool_forward(x, {"pool_height": k, "pool_width": k, "type": kind})[0]


def layer(kernel: np.ndarray):
    return lambda x: np.array([[correlate2d(plane, kernel) for plane in image] for image in x])


@settings(deadline=None, max_examples=300)
@given(
    st.tuples(st.integers(1, 2), st.integers(1, 2)),
    st.tuples(st.integers(1, 4), st.integers(1, 4), st.integers(0, 5), st.integers(0, 5)),
    st.tuples(st.integers(-3, 3), st.integers(-3, 3)),
    st.sampled_from(["max", "mean", "median"]),
    st.integers(0, 2**32),
)
def test_shift_agreement_agrees_with_the_definition(batch, sides, shift, kind: str, seed: int) -> None:
    (k, stride, *room), (dx, dy) = sides, shift
    shape = (*batch, k + abs(dy) + room[0], k + abs(dx) + room[1])
    x = np.random.default_rng(seed).integers(0, 3, size=shape)
    planes = x.reshape(-1, *shape[2:]).tolist()
    expected = oracle.shift_agreement(planes, kind, k, stride, dx, dy)
    assert shift_agreement(x / 10, kind, k, stride, dx, dy) == pytest.approx(float(expected), abs=1e-12)


@pytest.mark.parametrize("k", [2, 3, 4, 5])
def test_shift_agreement_of_noise_is_the_share_of_common_pixels(k: int) -> None:
    x = np.random.default_rng(k).normal(size=(4, 4, 30 * k, 30 * k + 1))
    share = (k - 1) / (k + 1)
    count = 16 * 30 * 30
    assert abs(shift_agreement(x, "max", k, k, 1, 0) - share) < 5 * math.sqrt(share * (1 - share) / count)
    assert shift_agreement(x, "mean", k, k, 1, 0) == 0


@pytest.mark.parametrize("kind", ["max", "mean", "median", "power"])
def test_a_window_that_sees_a_whole_period_does_not_notice_a_shift(kind: str) -> None:
    tile = np.random.default_rng(0).normal(size=(2, 3, 3, 3))
    x = np.tile(tile, (1, 1, 5, 6))
    assert all(shift_agreement(x, kind, 3, 3, dx, dy) == 1 for dx in (-2, 0, 1) for dy in (-1, 0, 3))


@settings(deadline=None, max_examples=100)
@given(st.integers(1, 30), st.lists(st.integers(1, 8), max_size=4), st.lists(st.integers(1, 5), max_size=4))
def test_pooled_sizes_count_the_windows(n: int, ks: list[int], strides: list[int]) -> None:
    sizes = pooled_sizes(n, ks, strides)
    for k in ks:
        for stride in strides:
            places = [start for start in range(0, n, stride) if start + k <= n]
            assert sizes.get((k, stride), 0) == len(places)
    assert all(sizes.values())


@pytest.mark.parametrize(
    ("f", "size", "expected"),
    [
        (lambda x: x.max(axis=(2, 3)), (5, 7), "invariant"),
        (lambda x: x.mean(axis=(2, 3), keepdims=True), (5, 7), "invariant"),
        (pooling("max", 2), (6, 8), "equivariant"),
        (pooling("mean", 3), (6, 9), "equivariant"),
        (pooling("median", 2), (7, 7), "neither"),
        (layer(KERNELS["blur"].weights), (6, 7), "equivariant"),
        (layer(KERNELS["sobel_x"].weights), (6, 7), "neither"),
        (lambda x: np.maximum(x, 0), (4, 6), "equivariant"),
        (lambda x: x.reshape(len(x), -1), (4, 4), "neither"),
        (lambda x: x[0, 0, 0], (4, 4), "neither"),
    ],
)
def test_rot90_relation(f, size: tuple[int, int], expected: str) -> None:
    x = np.random.default_rng(0).normal(size=(2, 3, *size))
    kept = x.copy()
    assert rot90_relation(f, x) == expected
    assert np.array_equal(x, kept)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: shift_agreement(np.zeros((4, 4)), "max", 2, 2, 1, 0), "four axes"),
        (lambda: shift_agreement(np.zeros((1, 1, 4, 4)), "max", 2, 2, -3, 0), "no room"),
        (lambda: shift_agreement(np.zeros((1, 1, 4, 4)), "max", 2, 0, 1, 0), "stride"),
        (lambda: shift_agreement(np.zeros((1, 1, 4, 4)), "min", 2, 2, 1, 0), "must be one of"),
        (lambda: pooled_sizes(0, [1], [1]), "n must be"),
        (lambda: pooled_sizes(5, [0], [1]), "kernel"),
        (lambda: pooled_sizes(5, [2], [0]), "stride"),
        (lambda: rot90_relation(abs, np.zeros((3, 3))), "four axes"),
    ],
)
def test_what_does_not_fit_is_refused(call, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()
