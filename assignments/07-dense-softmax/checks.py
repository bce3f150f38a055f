"""Checks of the activations, the fully connected layer, the softmax and its loss."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import strategies as st

from grader.authoring import (
    case,
    expect,
    expect_close,
    expect_dtype,
    expect_pure,
    expect_shape,
    for_all,
    in_case,
    numeric_gradient,
)
from reference.activations import sigmoid, softmax
from reference.dense import affine_backward, affine_forward, softmax_loss

FAR = np.array([[-1000.0, -999.0, 3.0, -2.0], [1000.0, 0.5, 999.0, -1000.0], [-1001.0, -1000.0, -999.5, -1002.0]])

# NumPy warns where a number overflows, is divided by zero or is none; here that is an error.
QUIETLY = """
def quietly(name, *args):
    with np.errstate(over="raise", divide="raise", invalid="raise"):
        return getattr(submission, name)(*args)
"""


@pytest.mark.points(0.5)
@pytest.mark.title("ReLU forward")
def test_relu(student, rng):
    for x in (np.array([[-2.0, 3.0, -0.5], [0.25, -7.0, 1.5]]), rng.normal(size=(2, 3, 4, 5)) * 3, rng.normal(size=7)):
        out, _cache = student.relu_forward(x)
        expect_close(out, np.maximum(x, 0))


@pytest.mark.points(0.5)
@pytest.mark.title("ReLU backward")
def test_relu_backward(student, rng):
    for shape in ((2, 3), (2, 3, 4, 5)):
        x, dout = rng.normal(size=shape) * 3, rng.normal(size=shape)
        _out, cache = student.relu_forward(x)
        expect_close(student.relu_backward(dout, cache), np.where(x > 0, dout, 0), what="dx")


@pytest.mark.points(0.25)
@pytest.mark.title("ReLU backward where an input is exactly 0")
def test_relu_backward_at_zero(student, rng):
    def holds(numbers):
        x, dout = map(list, zip(*numbers, strict=True))
        _out, cache = student.relu_forward(np.array(x))
        dx, right = student.relu_backward(np.array(dout), cache), np.where(np.array(x) > 0, dout, 0)
        with in_case(x=x, dout=dout):
            expect_close(dx, right, what="dx")

    numbers = st.tuples(st.sampled_from([0.0, 1.0, -1.0, 2.0, -3.0]), st.sampled_from([1.0, 2.0, -3.0]))
    for_all(holds, rng, st.lists(numbers, min_size=1, max_size=5))


@pytest.mark.points(0.5)
@pytest.mark.title("Sigmoid")
def test_sigmoid(student, rng):
    for x in (np.array([[-1.0, 0.0, 2.0]]), rng.normal(size=(3, 4)) * 4, rng.uniform(-40, 40, size=(2, 3, 2, 2))):
        expect_close(student.sigmoid(x), sigmoid(x))


@pytest.mark.points(0.25)
@pytest.mark.title("Sigmoid is symmetric: s(x) + s(-x) = 1")
def test_sigmoid_symmetry(student, rng):
    def holds(x):
        out, mirrored = student.sigmoid(np.array([x])), student.sigmoid(np.array([-x]))
        expect_shape(out, (1,))
        expect_shape(mirrored, (1,))
        here, there = float(out[0]), float(mirrored[0])
        told = f"sigmoid({x:g}) = {here:.6g} and sigmoid({-x:g}) = {there:.6g} add up to {here + there:.6g}, not to 1."
        expect(abs(here + there - 1) <= 1e-12, told)
        told = f"The sigmoid rises, but sigmoid({x:g}) = {here:.6g} and sigmoid({-x:g}) = {there:.6g}."
        expect(x == 0 or here > there, told)

    for_all(holds, rng, st.sampled_from([float(x) for x in range(31)]))


@pytest.mark.points(0.25)
@pytest.mark.title("Sigmoid far from 0: right values at 1000 and -1000")
def test_sigmoid_far(student):
    expect_close(student.sigmoid(FAR), sigmoid(FAR), atol=1e-15)


@pytest.mark.points(0.25)
@pytest.mark.title("Sigmoid far from 0: no number overflows on the way")
def test_sigmoid_quiet(student):
    for x in (np.array([30.0, 1000.0]), np.array([-30.0, -1000.0])):
        expect_close(student.run(QUIETLY, "sigmoid", x), sigmoid(x), atol=1e-15)


@pytest.mark.points(0.5)
@pytest.mark.title("Affine forward: rows of numbers")
def test_affine(student, rng):
    for n, d, m in ((1, 2, 3), (4, 5, 3), (3, 4, 4)):
        x, w, b = rng.normal(size=(n, d)), rng.normal(size=(d, m)), rng.normal(size=m)
        out, _cache = student.affine_forward(x, w, b)
        expect_close(out, affine_forward(x, w, b)[0])


@pytest.mark.points(0.25)
@pytest.mark.title("Affine forward: images are laid out as rows")
def test_affine_images(student, rng):
    for m in (12, 5):
        x, w, b = rng.normal(size=(3, 2, 2, 3)), rng.normal(size=(12, m)), rng.normal(size=m)
        out, _cache = student.affine_forward(x, w, b)
        expect_close(out, affine_forward(x, w, b)[0])


@pytest.mark.parametrize(
    ("part", "shape"),
    [
        case("dx", "Affine backward: dx", 0.5, "dx", (4, 5)),
        case("dw", "Affine backward: dw", 0.5, "dw", (4, 5)),
        case("db", "Affine backward: db", 0.5, "db", (4, 5)),
        case("images", "Affine backward: dx has the images' shape", 0.25, "all", (3, 2, 2, 3)),
    ],
)
def test_affine_backward(student, rng, part, shape):
    for m in (3, math.prod(shape[1:])):
        x, w, b = rng.normal(size=shape), rng.normal(size=(math.prod(shape[1:]), m)), rng.normal(size=m)
        dout = rng.normal(size=(shape[0], m))
        _out, cache = student.affine_forward(x, w, b)
        got = student.affine_backward(dout, cache)
        for name, gradient, right in zip(("dx", "dw", "db"), got, affine_backward(dout, (x, w, b)), strict=True):
            if part in (name, "all"):
                expect_close(gradient, right, what=name)


@pytest.mark.points(0.5)
@pytest.mark.title("Softmax of rows")
def test_softmax(student, rng):
    for shape in ((1, 3), (4, 4), (3, 5)):
        z = rng.normal(size=shape) * 2
        expect_close(student.softmax(z), softmax(z))


@pytest.mark.points(0.5)
@pytest.mark.title("Softmax along another axis, and of the channels of images")
def test_softmax_axes(student, rng):
    z = rng.normal(size=(2, 3, 4, 5))
    expect_close(student.softmax(z), softmax(z), what="out of (N, C, H, W) along axis 1")
    z = rng.normal(size=(3, 4))
    for axis in (0, -1):
        expect_close(student.softmax(z, axis=axis), softmax(z, axis), what=f"out along axis {axis}")


@pytest.mark.points(0.25)
@pytest.mark.title("Softmax: shares add up to 1, and adding a number to all scores changes nothing")
def test_softmax_invariance(student, rng):
    def holds(scores, shift):
        z = np.array([scores])
        shares, shifted = student.softmax(z), student.softmax(z + shift)
        for got in (shares, shifted):
            expect_shape(got, z.shape)
        total = float(shares.sum())
        told = f"The shares of the scores {scores} add up to {total:.6g}, not to 1."
        with in_case(z=[scores]):
            expect(abs(total - 1) < 1e-12, told)
            expect_close(shifted, shares, what=f"softmax(z + {shift:g}), compared with softmax(z),")

    digits = st.sampled_from([float(x) for x in (0, 1, -1, 2, -2, 3, -3)])
    for_all(holds, rng, st.lists(digits, min_size=2, max_size=4), st.sampled_from([1.0, -2.0, 50.0]))


@pytest.mark.points(0.5)
@pytest.mark.title("Softmax of very large and very small scores")
def test_softmax_far(student):
    expect_close(student.softmax(FAR), softmax(FAR))
    expect_close(student.run(QUIETLY, "softmax", FAR), softmax(FAR))


@pytest.mark.points(0.75)
@pytest.mark.title("Softmax loss: the loss")
def test_loss(student, rng):
    for n, classes in ((1, 3), (4, 3), (5, 5)):
        x, y = rng.normal(size=(n, classes)), labels(rng, n, classes)
        loss, _dx = student.softmax_loss(x, y)
        expect_close(loss, softmax_loss(x, y)[0], what="loss")


@pytest.mark.points(0.25)
@pytest.mark.title("Softmax loss: ln C where all scores are equal")
def test_loss_of_equal_scores(student, rng):
    for classes in (2, 10):
        loss, _dx = student.softmax_loss(np.zeros((6, classes)), rng.integers(classes, size=6))
        expect_close(loss, math.log(classes), what=f"loss of {classes} equal scores")


@pytest.mark.points(0.75)
@pytest.mark.title("Softmax loss: the gradient")
def test_loss_gradient(student, rng):
    for n, classes in ((1, 3), (4, 3), (5, 5)):
        x, y = rng.normal(size=(n, classes)), labels(rng, n, classes)
        _loss, dx = student.softmax_loss(x, y)
        expect_close(dx, softmax_loss(x, y)[1], what="dx")


@pytest.mark.points(0.25)
@pytest.mark.title("Softmax loss: the gradient agrees with the loss's own differences")
def test_loss_numeric(student, rng):
    x, y = rng.normal(size=(2, 3)), np.array([2, 0])
    _loss, dx = student.softmax_loss(x, y)
    expect_shape(dx, x.shape, "dx")

    def loss():
        got, _dx = student.softmax_loss(x, y)
        expect_shape(got, (), "loss")
        return got

    what = "dx, compared with the differences of your own loss,"
    expect_close(dx, numeric_gradient(loss, x), rtol=1e-7, atol=1e-9, what=what)


@pytest.mark.points(0.5)
@pytest.mark.title("Softmax loss of very large and very small scores")
def test_loss_far(student):
    for y in (np.array([2, 0, 1]), np.array([0, 3, 2])):
        loss, dx = student.softmax_loss(FAR, y)
        expect_close(loss, softmax_loss(FAR, y)[0], what="loss")
        expect_close(dx, softmax_loss(FAR, y)[1], what="dx")
        student.run(QUIETLY, "softmax_loss", FAR, y)


@pytest.mark.points(0.25)
@pytest.mark.title("float32 in, float32 out")
def test_types(student, rng):
    x, w, b = (rng.normal(size=shape).astype(np.float32) for shape in ((3, 4), (4, 5), (5,)))
    out, cache = student.affine_forward(x, w, b)
    active, mask = student.relu_forward(x)
    answers = {
        "the output of affine_forward": out,
        "the output of relu_forward": active,
        "dx of relu_backward": student.relu_backward(x, mask),
        "the output of sigmoid": student.sigmoid(x),
        "the output of softmax": student.softmax(x),
        "dx of softmax_loss": student.softmax_loss(x, np.array([1, 0, 3]))[1],
    }
    gradients = student.affine_backward(rng.normal(size=(3, 5)).astype(np.float32), cache)
    answers |= {f"d{name} of affine_backward": gradient for name, gradient in zip("xwb", gradients, strict=True)}
    for what, got in answers.items():
        expect_dtype(got, np.float32, what)


@pytest.mark.points(0.25)
@pytest.mark.title("The inputs stay as they were, and the results are new memory")
def test_purity(student, rng):
    x, w, b = rng.normal(size=(3, 4)), rng.normal(size=(4, 4)), rng.normal(size=4)
    _out, cache = student.relu_forward(x)
    expect_pure(student, "relu_forward")
    student.relu_backward(rng.normal(size=(3, 4)), cache)
    expect_pure(student, "relu_backward")
    _out, cache = student.affine_forward(x, w, b)
    expect_pure(student, "affine_forward")
    student.affine_backward(rng.normal(size=(3, 4)), cache)
    expect_pure(student, "affine_backward")
    for name, *args in (("softmax", x), ("sigmoid", x), ("softmax_loss", x, np.array([1, 0, 3]))):
        getattr(student, name)(*args)
        expect_pure(student, name)


@pytest.mark.hidden
@pytest.mark.points(0.25)
@pytest.mark.title("Two layers and a loss, forward and backward")
def test_network(student, rng):
    x, y = rng.normal(size=(5, 2, 3, 3)), labels(rng, 5, 4)
    w1, b1, w2, b2 = (rng.normal(size=shape) for shape in ((18, 6), (6,), (6, 4), (4,)))
    hidden, first = student.affine_forward(x, w1, b1)
    active, mask = student.relu_forward(hidden)
    scores, second = student.affine_forward(active, w2, b2)
    loss, dscores = student.softmax_loss(scores, y)
    dactive, dw2, _db2 = student.affine_backward(dscores, second)
    dx, dw1, db1 = student.affine_backward(student.relu_backward(dactive, mask), first)

    hidden = affine_forward(x, w1, b1)[0]
    active = np.maximum(hidden, 0)
    right, gradient = softmax_loss(affine_forward(active, w2, b2)[0], y)
    back, right_dw2, _ = affine_backward(gradient, (active, w2, b2))
    right_dx, right_dw1, right_db1 = affine_backward(np.where(hidden > 0, back, 0), (x, w1, b1))
    expect_close(loss, right, what="loss")
    wanted = {"dw2": (dw2, right_dw2), "db1": (db1, right_db1), "dw1": (dw1, right_dw1), "dx": (dx, right_dx)}
    for what, (got, expected) in wanted.items():
        expect_close(got, expected, what=what)


def labels(rng, n, classes):
    """The right class of each of n images; not all the same, and never the first for all."""
    return (rng.permutation(n) + 1) % classes
