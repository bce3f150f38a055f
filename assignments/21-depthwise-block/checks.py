"""Checks of the depthwise separable convolution in torch: values, memory layout, device, rounding."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import strategies as st
from torch.nn import functional as F

from grader.authoring import case, expect_close, expect_dtype, expect_pure, expect_scaled, for_all
from grader.authoring.device import expect_beside

# These functions run in the sandbox, beside the submission.
TRANSPOSED = """
def transposed(x, depthwise, pointwise, stride):
    return submission.depthwise_separable(x.transpose(2, 3), depthwise, pointwise, stride)
"""


def layer(name, title, points, shape, maps, stride):
    """A block by its images' shape and the number of its maps: one check."""
    return case(name, title, points, shape, maps, stride)


# Measured to tell the samples in submissions/wrong apart.
LAYERS = [
    layer("one", "One map on a 5×6 image", 0.5, (1, 1, 5, 6), 1, 1),
    layer("maps", "A batch with three maps, four come out", 2, (2, 3, 7, 9), 4, 1),
    layer("stride-2", "Stride 2 on sides of which one is odd", 1.5, (2, 3, 8, 11), 5, 2),
    layer("stride-2-odd", "Stride 2 on odd sides, as many maps as before", 1.25, (1, 4, 9, 7), 4, 2),
    layer("stride-3", "Stride 3", 0.5, (1, 2, 10, 9), 3, 3),
    layer("small", "An image of 1×2 pixels", 0.25, (2, 3, 1, 2), 2, 1),
]


@pytest.mark.parametrize(("shape", "maps", "stride"), LAYERS)
def test_block(student, rng, shape, maps, stride):
    x, depthwise, pointwise = drawn(rng, shape, maps)
    expect_close(student.depthwise_separable(x, depthwise, pointwise, stride), right(x, depthwise, pointwise, stride))


@pytest.mark.points(0.75)
@pytest.mark.title("Outputs that are all below zero before the last ReLU, and above it")
def test_signs(student, rng):
    x, depthwise, pointwise = drawn(rng, (1, 2, 5, 6), 2)
    for sign in (-1, 1):
        weights = sign * pointwise.abs() * 9
        expected = right(x, depthwise, weights, 1)
        expect_close(student.depthwise_separable(x, depthwise, weights, 1), expected)


@pytest.mark.points(0.5)
@pytest.mark.title("A tensor that lies transposed in memory")
def test_transposed(student, rng):
    x, depthwise, pointwise = drawn(rng, (1, 2, 6, 9), 3)
    expected = right(x.transpose(2, 3), depthwise, pointwise, 2)
    expect_close(student.run(TRANSPOSED, x, depthwise, pointwise, 2), expected)


@pytest.mark.points(0.5)
@pytest.mark.title("Whatever is made on the way lies on the device of x")
def test_device(student, rng):
    expect_beside(student, "depthwise_separable", *drawn(rng, (1, 2, 6, 7), 3), 2)


@pytest.mark.points(1)
@pytest.mark.title("float32 in, float32 out, with no more rounding than float32 has")
def test_float32(student, rng):
    x, depthwise, pointwise = (tensor.float() for tensor in drawn(rng, (2, 24, 9, 8), 6))
    out = student.depthwise_separable(x, depthwise, pointwise, 1)
    expect_dtype(out, np.float32)
    exact = [tensor.double() for tensor in (x, depthwise, pointwise)]
    expect_scaled(out, right(*exact, 1), right(*(tensor.abs() for tensor in exact), 1))


@pytest.mark.points(0.5)
@pytest.mark.title("The inputs stay as they were, and the output is new memory")
def test_purity(student, rng):
    for stride in (1, 2):
        x, depthwise, pointwise = drawn(rng, (1, 3, 5, 6), 3)
        expected = right(x, depthwise, pointwise, stride)
        expect_close(student.depthwise_separable(x, depthwise, pointwise, stride), expected)
        expect_pure(student, "depthwise_separable")


@pytest.mark.points(0.5)
@pytest.mark.title("Any block: shapes drawn at random, the smallest failure is shown")
def test_any_block(student, rng):
    digits = int(rng.integers(2**32))

    def agrees(height, width, stride, n, c, f):
        values = np.random.default_rng(digits)
        shapes = (n, c, height, width), (c, 3, 3), (f, c)
        x, depthwise, pointwise = (
            torch.from_numpy(values.integers(-9, 10, size=size).astype(float)) for size in shapes
        )
        expected = right(x, depthwise, pointwise, stride)
        expect_close(student.depthwise_separable(x, depthwise, pointwise, stride), expected)

    few = st.integers(1, 3)
    for_all(agrees, rng, st.integers(1, 7), st.integers(1, 7), few, st.integers(1, 2), few, few, examples=20)


@pytest.mark.points(0.25)
@pytest.mark.hidden
@pytest.mark.title("A larger block with stride 2")
def test_larger(student, rng):
    x, depthwise, pointwise = drawn(rng, (2, 16, 21, 18), 24)
    expect_close(student.depthwise_separable(x, depthwise, pointwise, 2), right(x, depthwise, pointwise, 2))


def drawn(rng, shape, maps):
    """Images and weights: normal numbers in double precision."""
    shapes = shape, (shape[1], 3, 3), (maps, shape[1])
    return [torch.from_numpy(rng.normal(size=size)) for size in shapes]


def right(x, depthwise, pointwise, stride):
    """The block by torch's own convolutions, on the judge's side."""
    hidden = F.relu(F.conv2d(x, depthwise[:, None], stride=stride, padding=1, groups=x.shape[1]))
    return F.relu(F.conv2d(hidden, pointwise[:, :, None, None]))
