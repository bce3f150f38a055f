"""Checks of the convolution layer's backward pass."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import strategies as st

from grader.authoring import (
    case,
    expect,
    expect_close,
    expect_dtype,
    expect_equal,
    expect_pure,
    expect_shape,
    for_all,
    in_case,
    numeric_gradient,
)
from reference.conv import conv_backward, conv_forward_im2col
from reference.sizes import extent

NAMES = ("dx", "dw", "db")
READABLE = 64
"""As many numbers as one can read: up to here the whole layer is shown with a failure."""

# Images, kernels and settings; in all but the first the windows do not fit exactly.
LAYERS = {
    "batch": ("stride 1, three channels, four kernels", (2, 3, 5, 6), (4, 3, 3, 2), {}),
    "stride-2": ("stride 2 and padding 1", (2, 2, 6, 8), (3, 2, 3, 3), {"stride": 2, "pad": 1, "dilation": 1}),
    "pairs": (
        "stride and padding differ in height and width",
        (1, 2, 8, 6),
        (2, 2, 3, 5),
        {"stride": (2, 3), "pad": (0, 2)},
    ),
    "dilation": ("dilation 2 and 3", (1, 2, 7, 8), (3, 2, 3, 2), {"stride": 1, "pad": 0, "dilation": (2, 3)}),
    "everything": ("all at once", (2, 2, 7, 9), (2, 2, 3, 2), {"stride": 2, "pad": (1, 2), "dilation": (1, 3)}),
}


def each_layer(part, points):
    """One check of that gradient for each of LAYERS."""
    return pytest.mark.parametrize(
        "layer",
        [case(name, f"{part}: {title}", points, name) for name, (title, *_) in LAYERS.items()],
    )


@pytest.mark.points(0.25)
@pytest.mark.title("The statement's example")
def test_example(student):
    x = np.array([[1, 2, 0, 1], [3, 1, 1, 0], [0, 2, 4, 1]], dtype=float).reshape(1, 1, 3, 4)
    w = np.array([[1, 0], [2, -1]], dtype=float).reshape(1, 1, 2, 2)
    dout = np.array([[1, 2], [3, -1]], dtype=float).reshape(1, 1, 2, 2)
    expect_gradients(student, dout, (x, w, np.array([1.0]), {"stride": (1, 2), "pad": 0, "dilation": 1}))


@pytest.mark.points(0.75)
@pytest.mark.title("db: the gradient of the biases, in every layer")
def test_db(student, rng):
    for name in LAYERS:
        expect_gradients(student, *drawn(rng, name), parts=("db",))


@each_layer("dw", 0.5)
def test_dw(student, rng, layer):
    expect_gradients(student, *drawn(rng, layer), parts=("dw",))


@each_layer("dx", 0.75)
def test_dx(student, rng, layer):
    expect_gradients(student, *drawn(rng, layer), parts=("dx",))


@pytest.mark.points(0.25)
@pytest.mark.title("Pixels that no window covers have a gradient of exactly 0")
def test_uncovered(student, rng):
    x, w, dout = rng.normal(size=(1, 2, 7, 8)), rng.normal(size=(2, 2, 2, 3)), rng.normal(size=(1, 2, 2, 2))
    dx, _dw, _db = student.conv_backward(dout, (x, w, np.zeros(2), {"stride": (3, 4), "pad": 0}))
    expect_shape(dx, x.shape, "dx")
    covered = np.zeros((7, 8), dtype=bool)
    covered[np.ix_([0, 1, 3, 4], [0, 1, 2, 4, 5, 6])] = True
    expect_equal(np.where(covered, 0, dx), np.zeros(x.shape), "dx between and beside the windows")
    expect(np.all(dx[:, :, covered] != 0), "dx is 0 at pixels that a window covers.")


@pytest.mark.points(0.5)
@pytest.mark.title("Adjoint: the sum of conv(x) * dout equals that of x * dx and that of w * dw")
def test_adjoint(student, rng):
    digits = int(rng.integers(2**32))

    def holds(layer):
        dout, (x, w, b, conv_param) = small_layer(*layer, digits)
        maps = conv_forward_im2col(x, w, np.zeros_like(b), conv_param)[0]
        dx, dw, _db = student.conv_backward(dout, (x, w, b, conv_param))
        for name, array, gradient in (("x", x, dx), ("w", w, dw)):
            expect_shape(gradient, array.shape, f"d{name}")
            wanted, got = float((maps * dout).sum()), float((array * gradient).sum())
            told = (
                f"The layer without its bias is linear, so the sum of conv(x) * dout, {wanted:g}, must come out "
                f"as the sum of {name} * d{name}; that is {got:g}."
            )
            with in_case(**readable(dout, x, w)):
                expect(abs(wanted - got) <= 1e-6 * (1 + abs(wanted)), told)

    for_all(holds, rng, SMALL)


@pytest.mark.points(0.25)
@pytest.mark.title("The gradients agree with numeric ones, by central differences")
def test_numeric(student, rng):
    x, w, b = rng.normal(size=(2, 2, 5, 6)), rng.normal(size=(2, 2, 3, 2)), rng.normal(size=2)
    conv_param = {"stride": (2, 3), "pad": (1, 0), "dilation": (1, 2)}
    dout = rng.normal(size=conv_forward_im2col(x, w, b, conv_param)[0].shape)
    got = student.conv_backward(dout, (x, w, b, conv_param))

    def loss():
        return float((conv_forward_im2col(x, w, b, conv_param)[0] * dout).sum())

    for name, array, gradient in zip(NAMES, (x, w, b), got, strict=True):
        expect_close(gradient, numeric_gradient(loss, array), rtol=1e-7, atol=1e-7, what=name)


@pytest.mark.points(0.5)
@pytest.mark.title("float32 stays float32; integers count as float64")
def test_types(student, rng):
    shapes = (2, 3, 4, 5), (2, 2, 5, 6), (3, 2, 2, 2)
    dout, x, w = (rng.normal(size=shape).astype(np.float32) for shape in shapes)
    got = student.conv_backward(dout, (x, w, np.zeros(3, np.float32), {}))
    right = conv_backward(dout.astype(float), (x.astype(float), w.astype(float), np.zeros(3), {}))
    for name, gradient, wanted in zip(NAMES, got, right, strict=True):
        expect_close(gradient, wanted, rtol=1e-5, atol=1e-4, what=f"{name} of float32")
        expect_dtype(gradient, np.float32, f"{name} of float32")
    x, dout = rng.integers(0, 256, size=shapes[1]), rng.normal(size=shapes[0])
    got = student.conv_backward(dout, (x, rng.integers(-3, 4, size=shapes[2]), np.zeros(3), {}))
    for name, gradient in zip(NAMES, got, strict=True):
        expect_dtype(gradient, np.float64, f"{name} of an integer image")


@pytest.mark.points(0.5)
@pytest.mark.title("The inputs stay as they were, and the gradients are new memory")
def test_purity(student, rng):
    for shape, kernel, conv_param in (((1, 1, 5, 4), (1, 1, 2, 3), {"pad": 1}), ((1, 2, 4, 4), (2, 2, 1, 1), {})):
        x, w, b = rng.normal(size=shape), rng.normal(size=kernel), rng.normal(size=kernel[0])
        dout = rng.normal(size=conv_forward_im2col(x, w, b, conv_param)[0].shape)
        expect_gradients(student, dout, (x, w, b, conv_param))
        expect_pure(student, "conv_backward")


def pairs(least, most):
    """Settings (height, width), the simplest first: a failure is shrunk in that order, one choice a setting."""
    return st.sampled_from(sorted(product(range(least, most + 1), repeat=2), key=sum))


# Batch, channels and kernels; the kernel's sides; stride, padding, dilation; pixels more than the kernel needs.
SMALL = st.tuples(
    st.sampled_from(sorted(product((1, 2), repeat=3), key=sum)),
    *(pairs(1, 3), pairs(1, 3), pairs(0, 2), pairs(1, 2), pairs(0, 3)),
)


@pytest.mark.points(0.5)
@pytest.mark.title("Any layer: shapes and settings drawn at random, the smallest failure is shown")
def test_any_layer(student, rng):
    digits = int(rng.integers(2**32))
    for_all(lambda layer: expect_gradients(student, *small_layer(*layer, digits)), rng, SMALL)


@pytest.mark.hidden
@pytest.mark.points(0.25)
@pytest.mark.title("Layers of other sizes")
def test_other_sizes(student, rng):
    for x_shape, w_shape, conv_param in (
        ((3, 1, 4, 9), (5, 1, 4, 2), {"stride": 3, "pad": (1, 0)}),
        ((1, 5, 6, 5), (1, 5, 2, 4), {"pad": 3, "dilation": 2}),
    ):
        x, w, b = rng.normal(size=x_shape), rng.normal(size=w_shape), rng.normal(size=w_shape[0])
        dout = rng.normal(size=conv_forward_im2col(x, w, b, conv_param)[0].shape)
        expect_gradients(student, dout, (x, w, b, conv_param))


def drawn(rng, name):
    """dout and the cache of one of LAYERS, with random values."""
    _title, x_shape, w_shape, conv_param = LAYERS[name]
    x, w, b = rng.normal(size=x_shape), rng.normal(size=w_shape), rng.normal(size=w_shape[0])
    return rng.normal(size=conv_forward_im2col(x, w, b, conv_param)[0].shape), (x, w, b, conv_param)


def small_layer(batch, kernel, stride, pad, dilation, room, digits):
    """dout and the cache of a layer of small digits, so that the smallest failure can be worked out by hand."""
    n, c, f = batch
    spans = (extent(*side) for side in zip(kernel, dilation, strict=True))
    sides = [max(1, span - 2 * border) + more for span, border, more in zip(spans, pad, room, strict=True)]
    values, conv_param = np.random.default_rng(digits), {"stride": stride, "pad": pad, "dilation": dilation}
    x, w, b = (values.integers(-9, 10, size=size).astype(float) for size in ((n, c, *sides), (f, c, *kernel), (f,)))
    shape = conv_forward_im2col(x, w, b, conv_param)[0].shape
    return values.choice([-3.0, -2.0, -1.0, 1.0, 2.0, 3.0], size=shape), (x, w, b, conv_param)


def expect_gradients(student, dout, cache, parts=NAMES):
    """Fail unless those of the student's gradients have the reference's shapes and values."""
    got = dict(zip(NAMES, student.conv_backward(dout, cache), strict=True))
    right = dict(zip(NAMES, conv_backward(dout, cache), strict=True))
    for name in parts:
        with in_case(**readable(dout, *cache[:2])):
            expect_close(got[name], right[name], what=name)


def readable(dout, x, w):
    """The arrays of a layer, where they are small enough to be read."""
    return {"x": x, "w": w, "dout": dout} if dout.size + x.size + w.size <= READABLE else {}
