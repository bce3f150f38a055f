"""Checks of the convolution layer's forward pass."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import strategies as st

from grader.authoring import case, expect_close, expect_dtype, expect_pure, expect_scaled, for_all
from reference.conv import conv_forward_im2col
from reference.sizes import extent


def layer(name, title, points, x, w, **conv_param):
    """A layer by the shapes of its images and kernels: one check."""
    return case(name, title, points, x, w, conv_param)


PLAIN = {"stride": 1, "pad": 0, "dilation": 1}
# Measured to tell the samples in submissions/wrong apart. One small square image alone misses most of them.
LAYERS = [
    layer("lecture", "One 3×3 kernel on a 5×5 image, as in the lecture", 0.25, (1, 1, 5, 5), (1, 1, 3, 3), **PLAIN),
    layer("channels", "A batch with three channels, four kernels", 1.0, (2, 3, 7, 9), (4, 3, 3, 3), **PLAIN),
    layer("kernel-2x5", "A 2×5 kernel on an oblong image", 0.75, (1, 2, 8, 11), (2, 2, 2, 5), **PLAIN),
    layer(
        "stride-2",
        "Stride 2 and padding 1 where the windows do not fit exactly",
        *(1.0, (2, 2, 8, 11), (3, 2, 3, 3)),
        **{"stride": 2, "pad": 1, "dilation": 1},
    ),
    layer(
        "pairs",
        "Different stride and padding along height and width",
        *(1.0, (1, 2, 9, 10), (2, 2, 3, 5)),
        **{"stride": (2, 3), "pad": (0, 2), "dilation": 1},
    ),
    layer("dilation-2", "Dilation 2", 0.75, (1, 2, 9, 9), (2, 2, 3, 3), stride=1, pad=0, dilation=2),
    layer(
        "everything",
        "Stride, padding and dilation at once, all different",
        *(1.0, (2, 2, 12, 13), (2, 2, 3, 2)),
        **{"stride": 2, "pad": (1, 2), "dilation": (1, 3)},
    ),
    layer("kernel-1x1", "A 1×1 kernel mixes channels", 0.25, (2, 4, 5, 6), (3, 4, 1, 1), **PLAIN),
    layer("whole-image", "A kernel as large as the image", 0.25, (2, 3, 4, 6), (5, 3, 4, 6), **PLAIN),
    layer("same", "Padding 2 with a 5×5 kernel", 0.5, (1, 2, 6, 7), (2, 2, 5, 5), stride=1, pad=2, dilation=1),
    layer("defaults", "Settings that are left out have their defaults", 0.25, (1, 2, 6, 5), (2, 2, 3, 2)),
]


@pytest.mark.parametrize(("x_shape", "w_shape", "conv_param"), LAYERS)
def test_forward(student, rng, x_shape, w_shape, conv_param):
    x, w, b = rng.normal(size=x_shape), rng.normal(size=w_shape), rng.normal(size=w_shape[0])
    out, _cache = student.conv_forward(x, w, b, conv_param)
    expect_close(out, right(x, w, b, conv_param))


@pytest.mark.points(0.25)
@pytest.mark.title("A symmetric kernel (it looks the same when flipped)")
def test_symmetric_kernel(student, rng):
    x, b = rng.normal(size=(1, 1, 6, 7)), rng.normal(size=1)
    w = np.array([[1.0, 2.0, 1.0], [2.0, 4.0, 2.0], [1.0, 2.0, 1.0]]).reshape(1, 1, 3, 3) / 16
    conv_param = {"stride": 1, "pad": 0, "dilation": 1}
    out, _cache = student.conv_forward(x, w, b, conv_param)
    expect_close(out, right(x, w, b, conv_param))


@pytest.mark.points(0.25)
@pytest.mark.title("The example of CS231n, assignment 2")
def test_cs231n(student):
    x = np.linspace(-0.1, 0.5, num=2 * 3 * 4 * 4).reshape(2, 3, 4, 4)
    w = np.linspace(-0.2, 0.3, num=3 * 3 * 4 * 4).reshape(3, 3, 4, 4)
    b = np.linspace(-0.1, 0.2, num=3)
    conv_param = {"stride": 2, "pad": 1}
    out, _cache = student.conv_forward(x, w, b, conv_param)
    expect_close(out, right(x, w, b, conv_param))


@pytest.mark.points(0.5)
@pytest.mark.title("Integer images, with fractional and with integer weights")
def test_integers(student, rng):
    x, b = rng.integers(0, 256, size=(1, 2, 6, 7)), rng.normal(size=3)
    conv_param = {"stride": 1, "pad": 1, "dilation": 1}
    for w in (rng.normal(size=(3, 2, 3, 3)), rng.integers(-3, 4, size=(3, 2, 3, 3))):
        out, _cache = student.conv_forward(x, w, b, conv_param)
        expect_close(out, right(x, w, b, conv_param))
        expect_dtype(out, np.float64)


@pytest.mark.points(0.5)
@pytest.mark.title("float32 in, float32 out, with no more rounding than float32 has")
def test_float32(student, rng):
    x, w, b = (rng.normal(size=shape).astype(np.float32) for shape in ((2, 8, 9, 9), (4, 8, 3, 3), (4,)))
    conv_param = {"stride": 1, "pad": 1, "dilation": 1}
    out, _cache = student.conv_forward(x, w, b, conv_param)
    x, w, b = (array.astype(np.float64) for array in (x, w, b))
    expect_scaled(out, right(x, w, b, conv_param), right(abs(x), abs(w), abs(b), conv_param))
    expect_dtype(out, np.float32)


@pytest.mark.points(0.5)
@pytest.mark.title("The inputs stay as they were, and the output is new memory")
def test_purity(student, rng):
    for kernel, conv_param in (((2, 3), {"stride": 1, "pad": 0}), ((2, 1), {"stride": 2, "pad": 1})):
        x, w, b = rng.normal(size=(1, 1, 6, 5)), rng.normal(size=(1, 1, *kernel)), rng.normal(size=1)
        out, _cache = student.conv_forward(x, w, b, conv_param)
        expect_close(out, right(x, w, b, conv_param))
        expect_pure(student, "conv_forward")


def pairs(least, most):
    """Settings (height, width), the simplest first: a failure is shrunk in that order, one choice a setting."""
    return st.sampled_from(sorted(product(range(least, most + 1), repeat=2), key=sum))


BATCHES = st.sampled_from(sorted(product((1, 2), repeat=3), key=sum))


@pytest.mark.points(1)
@pytest.mark.title("Any layer: shapes and settings drawn at random, the smallest failure is shown")
def test_any_layer(student, rng):
    digits = int(rng.integers(2**32))

    def agrees(kernel, stride, pad, dilation, room, batch):
        conv_param = {"stride": stride, "pad": pad, "dilation": dilation}
        x, w, b = small_layer(batch, kernel, conv_param, room, digits)
        out, _cache = student.conv_forward(x, w, b, conv_param)
        expect_close(out, right(x, w, b, conv_param))

    for_all(agrees, rng, pairs(1, 3), pairs(1, 3), pairs(0, 2), pairs(1, 3), pairs(0, 4), BATCHES, examples=20)


def small_layer(batch, kernel, conv_param, room, digits):
    """Images with `room` pixels more than the kernel needs. Small digits: the smallest failure is worked out by hand."""
    n, c, f = batch
    spans = (extent(*side) for side in zip(kernel, conv_param["dilation"], strict=True))
    sides = [max(1, span - 2 * pad) + more for span, pad, more in zip(spans, conv_param["pad"], room, strict=True)]
    values = np.random.default_rng(digits)
    return [values.integers(-9, 10, size=size).astype(float) for size in ((n, c, *sides), (f, c, *kernel), (f,))]


def right(x, w, b, conv_param):
    """The layer's output by the reference."""
    return conv_forward_im2col(x, w, b, conv_param)[0]
