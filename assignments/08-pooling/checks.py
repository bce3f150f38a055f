"""Checks of the pooling layer: four statistics forward, two backward."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import strategies as st

from grader.authoring import case, expect, expect_close, expect_dtype, expect_equal, expect_pure, for_all
from reference.pooling import pool_backward_offsets, pool_forward_views

TABLE = np.array([[7, 3, 5, 2], [8, 7, 1, 6], [4, 9, 3, 9], [0, 8, 4, 5]], dtype=float).reshape(1, 1, 4, 4)


def layer(name, title, points, shape, **pool_param):
    """A layer by its images' shape and its settings: one check."""
    return case(name, title, points, shape, pool_param)


def window(height, width):
    """The two settings that give the window's size."""
    return {"pool_height": height, "pool_width": width}


@pytest.mark.points(0.25)
@pytest.mark.parametrize(
    "kind",
    [
        pytest.param(kind, id=kind, marks=pytest.mark.title(f"The lecture's table, {kind}"))
        for kind in ("max", "mean", "median", "power")
    ],
)
def test_table(student, kind):
    pool_param = window(2, 2) | {"stride": 2, "type": kind, "p": 2}
    out, _cache = student.pool_forward(TABLE, pool_param)
    expect_close(out, right(TABLE, pool_param))


# Measured to tell the samples in submissions/wrong apart.
LAYERS = [
    layer(
        "max-overlap",
        "Max of overlapping windows: 3×3, stride 2",
        0.5,
        (2, 3, 9, 11),
        **window(3, 3),
        stride=2,
        type="max",
    ),
    layer(
        "mean-floor",
        "Mean of 2×2 windows that do not cover a 5×7 image",
        0.75,
        (2, 2, 5, 7),
        **window(2, 2),
        stride=2,
        type="mean",
    ),
    layer("mean-oblong", "Mean of 3×2 windows", 0.5, (1, 2, 9, 8), **window(3, 2), stride=(3, 2), type="mean"),
    layer("median-even", "Median of an even count", 0.75, (2, 2, 6, 8), **window(2, 2), stride=2, type="median"),
    layer(
        "power-3",
        "Power with p = 3, values of both signs, stride 2 and 1",
        0.75,
        (1, 2, 6, 7),
        **window(2, 3),
        stride=(2, 1),
        type="power",
        p=3,
    ),
    layer("power-2", "Power with p left out", 0.25, (1, 2, 6, 6), **window(2, 2), stride=2, type="power"),
    layer("no-stride", "Without a stride, windows lie side by side", 0.5, (1, 2, 8, 9), **window(2, 3), type="max"),
]


@pytest.mark.parametrize(("shape", "pool_param"), LAYERS)
def test_forward(student, rng, shape, pool_param):
    x = rng.normal(size=shape)
    out, _cache = student.pool_forward(x, pool_param)
    expected = right(x, pool_param)
    if pool_param["type"] == "max":
        expect_equal(out, expected)
    else:
        expect_close(out, expected)


@pytest.mark.points(0.5)
@pytest.mark.title("Max of values that are all negative")
def test_all_negative(student, rng):
    x, pool_param = -rng.uniform(1, 9, size=(2, 2, 6, 8)), window(2, 2) | {"stride": 2, "type": "max"}
    out, _cache = student.pool_forward(x, pool_param)
    expect_equal(out, right(x, pool_param))


@pytest.mark.points(0.25)
@pytest.mark.title("Power: p = 1 is the mean times the count, p = 64 almost the maximum")
def test_power_limits(student, rng):
    x = rng.uniform(0.1, 1, size=(1, 2, 6, 8))
    largest = right(x, window(2, 4) | {"type": "max"})
    ones, _cache = student.pool_forward(x, window(2, 4) | {"type": "power", "p": 1})
    expect_close(ones, 8 * right(x, window(2, 4) | {"type": "mean"}), what="out for p = 1")
    many, _cache = student.pool_forward(x, window(2, 4) | {"type": "power", "p": 64})
    expect_close(many, largest, rtol=8 ** (1 / 64) - 1, what="out for p = 64")
    expect((many >= largest * (1 - 1e-10)).all(), "For p = 64 the power falls below the maximum of the window.")


@pytest.mark.points(0.5)
@pytest.mark.title("float32 stays float32, integers become float64")
def test_types(student, rng):
    for kind in ("max", "mean", "median", "power"):
        pool_param = window(2, 2) | {"stride": 2, "type": kind, "p": 2}
        x = rng.integers(-9, 10, size=(1, 2, 4, 6))
        for dtype, rtol in ((np.float32, 1e-5), (np.int64, 1e-10)):
            out, _cache = student.pool_forward(x.astype(dtype), pool_param)
            expect_close(out, right(x, pool_param), rtol=rtol, atol=rtol, what=f"out ({kind}, {np.dtype(dtype)})")
            expect_dtype(out, right(x.astype(dtype), pool_param).dtype, what=f"out ({kind}, {np.dtype(dtype)})")


@pytest.mark.points(0.5)
@pytest.mark.title("The inputs stay as they were, and the output is new memory")
def test_purity(student, rng):
    for kind, size, p in (("max", (2, 2), 2), ("power", (1, 3), 3), ("median", (2, 2), 2), ("max", (1, 1), 2)):
        x, pool_param = rng.normal(size=(1, 2, 6, 6)), window(*size) | {"type": kind, "p": p}
        out, _cache = student.pool_forward(x, pool_param)
        expect_close(out, right(x, pool_param))
        expect_pure(student, "pool_forward")


def pairs(least, most):
    """Settings (height, width), the simplest first: a failure is shrunk in that order, one choice a setting."""
    return st.sampled_from(sorted(product(range(least, most + 1), repeat=2), key=sum))


KINDS = st.sampled_from(("max", "mean", "median", "power"))


@pytest.mark.points(0.5)
@pytest.mark.title("Any layer: shapes and settings drawn at random, the smallest failure is shown")
def test_any_layer(student, rng):
    digits = int(rng.integers(2**32))

    def agrees(size, stride, room, kind, p, batch):
        shape = (*batch, size[0] + room[0], size[1] + room[1])
        x = np.random.default_rng(digits).integers(-9, 10, size=shape).astype(float)
        pool_param = window(*size) | {"stride": stride, "type": kind, "p": p}
        out, _cache = student.pool_forward(x, pool_param)
        expect_close(out, right(x, pool_param))

    for_all(agrees, rng, pairs(1, 3), pairs(1, 3), pairs(0, 4), KINDS, st.integers(1, 3), pairs(1, 2), examples=20)


BACKWARD = [
    layer("max", "Gradient of max, windows side by side", 0.5, (2, 2, 6, 8), **window(2, 2), stride=2, type="max"),
    layer(
        "max-overlap",
        "Gradient of max, overlapping windows add up",
        0.75,
        (2, 2, 7, 9),
        **window(3, 3),
        stride=2,
        type="max",
    ),
    layer(
        "mean",
        "Gradient of mean, windows that do not cover the image",
        0.5,
        (2, 2, 5, 7),
        **window(2, 3),
        stride=(2, 3),
        type="mean",
    ),
    layer(
        "mean-overlap",
        "Gradient of mean, overlapping oblong windows",
        0.5,
        (1, 2, 7, 6),
        **window(3, 2),
        stride=(2, 1),
        type="mean",
    ),
]


@pytest.mark.parametrize(("shape", "pool_param"), BACKWARD)
def test_gradient(student, rng, shape, pool_param):
    expect_gradient(student, rng, rng.normal(size=shape), pool_param)


@pytest.mark.points(0.5)
@pytest.mark.title("Gradient of max where several pixels are equally large: the first in row-major order")
def test_ties(student, rng):
    x = rng.integers(0, 3, size=(2, 2, 6, 9)).astype(float)
    expect_gradient(student, rng, x, window(2, 3) | {"stride": 2, "type": "max"})


def expect_gradient(student, rng, x, pool_param):
    """Forward, then backward with a gradient of whole numbers, so that sums of it are exact in any order."""
    expected, cache = pool_forward_views(x, pool_param)
    dout = rng.integers(1, 100, size=expected.shape) * rng.choice([-1.0, 1.0], size=expected.shape)
    out, students_cache = student.pool_forward(x, pool_param)
    expect_close(out, expected)
    dx = student.pool_backward(dout, students_cache)
    if pool_param["type"] == "max":
        expect_equal(dx, pool_backward_offsets(dout, cache), what="dx")
    else:
        expect_close(dx, pool_backward_offsets(dout, cache), what="dx")
    expect_pure(student, "pool_backward")


def right(x, pool_param):
    """The layer's output by the reference."""
    return pool_forward_views(x, pool_param)[0]
