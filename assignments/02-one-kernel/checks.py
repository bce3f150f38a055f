"""Checks of one kernel on one image: values for lopsided kernels, and what the mathematics promises."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import strategies as st

from grader.authoring import (
    case,
    expect_close,
    expect_dtype,
    expect_pure,
    expect_scaled,
    expect_shape,
    for_all,
    in_case,
)
from reference.kernels import convolve2d, correlate2d

X = np.arange(9.0).reshape(3, 3)
K = np.arange(4.0).reshape(2, 2)
TABLE = np.array([[1.0, 2, 0, 1], [3, 1, 1, 0], [0, 2, 4, 1], [1, 0, 2, 3]])
SOBEL = np.array([[1.0, 0, -1], [2, 0, -2], [1, 0, -1]])


@pytest.mark.parametrize(
    ("x", "k"),
    [
        case("example", "Cross-correlation: the statement's example", 0.25, X, K),
        case("sobel", "Cross-correlation: a Sobel kernel on a 4×4 image", 0.25, TABLE, SOBEL),
    ],
)
def test_correlate_by_hand(student, x, k):
    expect_close(student.correlate2d(x, k), correlate2d(x, k))


@pytest.mark.parametrize(
    ("image", "kernels"),
    [
        case("oblong", "Cross-correlation: a 2×5 kernel on a 7×9 image", 0.75, (7, 9), [(2, 5)]),
        case("lecture", "Cross-correlation: a 5×5 kernel on a 28×28 image, as in the lecture", 0.5, (28, 28), [(5, 5)]),
        case(
            "extremes", "Cross-correlation: kernels of one pixel and of the whole image", 0.25, (4, 6), [(1, 1), (4, 6)]
        ),
    ],
)
def test_correlate(student, rng, image, kernels):
    x = rng.normal(size=image)
    for kernel in kernels:
        k = rng.normal(size=kernel)
        expect_close(student.correlate2d(x, k), correlate2d(x, k))


@pytest.mark.parametrize(
    ("v", "k"),
    [
        case("example", "Convolution, valid: the statement's example", 0.25, X, K),
        case("sobel", "Convolution, valid: a Sobel kernel on a 4×4 image", 0.25, TABLE, SOBEL),
    ],
)
def test_convolve_by_hand(student, v, k):
    expect_close(student.convolve2d(v, k, "valid"), convolve2d(v, k, "valid"), what="z")


@pytest.mark.parametrize(
    ("mode", "image", "kernel"),
    [
        case("valid", "Convolution, valid: a 3×2 kernel on a 6×8 image", 0.75, "valid", (6, 8), (3, 2)),
        case("full", "Convolution, full: a 3×4 kernel on a 5×7 image", 0.75, "full", (5, 7), (3, 4)),
        case("same-odd", "Convolution, same: odd sides, a 3×5 kernel", 0.75, "same", (6, 7), (3, 5)),
        case("same-even", "Convolution, same: even sides, a 2×4 kernel", 0.75, "same", (6, 7), (2, 4)),
        case("same-square", "Convolution, same: a 4×4 kernel", 0.25, "same", (7, 6), (4, 4)),
    ],
)
def test_convolve(student, rng, mode, image, kernel):
    v, k = rng.normal(size=image), rng.normal(size=kernel)
    expect_close(student.convolve2d(v, k, mode), convolve2d(v, k, mode), what=f"z ({mode})")


@pytest.mark.points(0.5)
@pytest.mark.title("Convolution, full and same: a kernel that is larger than the image")
def test_large_kernel(student, rng):
    v, k = rng.normal(size=(3, 4)), rng.normal(size=(5, 6))
    for mode in ("full", "same"):
        expect_close(student.convolve2d(v, k, mode), convolve2d(v, k, mode), what=f"z ({mode})")


@pytest.mark.points(0.5)
@pytest.mark.title("Integers count as float64, also bytes")
def test_integers(student, rng):
    for image, kernel in (("i8", "f8"), ("u1", "u1"), ("i8", "i8")):
        x, k = (rng.integers(0, 200, size=sides).astype(dtype) for sides, dtype in (((5, 6), image), ((3, 2), kernel)))
        k = k / 7 if kernel == "f8" else k
        for out, right in (
            (student.correlate2d(x, k), correlate2d(x, k)),
            (student.convolve2d(x, k, "same"), convolve2d(x, k, "same")),
        ):
            expect_close(out, right)
            expect_dtype(out, np.float64)


@pytest.mark.points(0.25)
@pytest.mark.title("float32 in, float32 out")
def test_float32(student, rng):
    x, k = (rng.normal(size=sides).astype(np.float32) for sides in ((8, 9), (3, 4)))
    for out, operation, mode in (
        (student.correlate2d(x, k), correlate2d, ()),
        (student.convolve2d(x, k, "full"), convolve2d, ("full",)),
    ):
        exact = [array.astype(np.float64) for array in (x, k)]
        magnitude = operation(*map(abs, exact), *mode)
        expect_scaled(out, operation(*exact, *mode), np.full_like(magnitude, magnitude.max()))
        expect_dtype(out, np.float32)


@pytest.mark.points(0.5)
@pytest.mark.title("The inputs stay as they were, and the output is new memory")
def test_purity(student, rng):
    x = rng.normal(size=(4, 5))
    for k in (rng.normal(size=(2, 3)), np.ones((1, 1))):
        expect_close(student.correlate2d(x, k), correlate2d(x, k))
        expect_pure(student, "correlate2d")
        for mode in ("valid", "same", "full"):
            expect_close(student.convolve2d(x, k, mode), convolve2d(x, k, mode), what=f"z ({mode})")
            expect_pure(student, "convolve2d")


def sides(least, most):
    """(height, width), the simplest first: a failure is shrunk in that order."""
    return st.sampled_from(sorted(product(range(least, most + 1), repeat=2), key=sum))


def digits(rng):
    """A function that fills shapes with small whole numbers, other than 0: what fails can be worked out by hand."""
    start = int(rng.integers(2**32))

    def draw(*shapes):
        values = np.random.default_rng(start)
        return [values.choice([-3.0, -2, -1, 1, 2, 3, 4, 5], size=shape) for shape in shapes]

    return draw


def promise(sentence, got, other, shape, what):
    """Two of the student's own answers, both of that shape, must agree; the sentence says why."""
    for answer in (got, other):
        expect_shape(answer, shape, what=what)
    with in_case(sentence):
        expect_close(got, other, rtol=1e-9, atol=1e-9, what=what)


def full(image, kernel):
    """The shape of a full convolution."""
    return image[0] + kernel[0] - 1, image[1] + kernel[1] - 1


@pytest.mark.points(0.25)
@pytest.mark.title("Impulse: a single bright pixel returns the kernel itself")
def test_impulse(student, rng):
    draw = digits(rng)

    def holds(image, kernel, place):
        (k,) = draw(kernel)
        row, column = (min(at, side - 1) for at, side in zip(place, image, strict=True))
        v, right = np.zeros(image), np.zeros(full(image, kernel))
        v[row, column] = 1
        right[row : row + kernel[0], column : column + kernel[1]] = k
        expect_close(student.convolve2d(v, k, "full"), right, what="z (full) of one bright pixel")

    for_all(holds, rng, sides(1, 4), sides(1, 3), sides(0, 3))


@pytest.mark.points(0.5)
@pytest.mark.title("Flip: the cross-correlation is the convolution with the kernel turned by half a turn")
def test_flip(student, rng):
    draw = digits(rng)

    def holds(kernel, room):
        x, k = draw((kernel[0] + room[0], kernel[1] + room[1]), kernel)
        turned = np.ascontiguousarray(k[::-1, ::-1])
        promise(
            "correlate2d(x, k) must equal convolve2d(x, k flipped along both axes, 'valid').",
            student.correlate2d(x, k),
            student.convolve2d(x, turned, "valid"),
            (room[0] + 1, room[1] + 1),
            what="correlate2d",
        )

    for_all(holds, rng, sides(1, 3), sides(0, 3))


@pytest.mark.points(0.5)
@pytest.mark.title("Commutativity: image and kernel may be exchanged in a full convolution")
def test_commutativity(student, rng):
    draw = digits(rng)

    def holds(image, kernel):
        v, k = draw(image, kernel)
        promise(
            "Convolution commutes: convolve2d(k, v, 'full') must equal convolve2d(v, k, 'full').",
            student.convolve2d(k, v, "full"),
            student.convolve2d(v, k, "full"),
            full(image, kernel),
            what="convolve2d(k, v, 'full')",
        )

    for_all(holds, rng, sides(1, 4), sides(1, 3))


@pytest.mark.points(0.25)
@pytest.mark.title("Linearity: a sum of images gives the sum of the results, and a factor stays a factor")
def test_linearity(student, rng):
    draw = digits(rng)

    def holds(image, kernel, factor, mode):
        a, b, k = draw(image, image, kernel)
        shape = full(image, kernel) if mode == "full" else image
        of_a, of_b, of_both = (student.convolve2d(v, k, mode) for v in (a, b, a + factor * b))
        for part in (of_a, of_b):
            expect_shape(part, shape, what="convolve2d")
        promise(
            f"Convolution is linear: the result for a + {factor} b must be that for a plus {factor} times that for b.",
            of_both,
            of_a + factor * of_b,
            shape,
            what="convolve2d",
        )

    for_all(holds, rng, sides(1, 4), sides(1, 3), st.integers(1, 3), st.sampled_from(("same", "full")))


@pytest.mark.points(0.25)
@pytest.mark.title("Shift: an image that is moved gives a result that is moved")
def test_shift(student, rng):
    draw = digits(rng)

    def holds(image, kernel, by):
        v, k = draw(image, kernel)
        moved = np.pad(v, ((by[0], 0), (by[1], 0)))
        still, after = student.convolve2d(v, k, "full"), student.convolve2d(moved, k, "full")
        expect_shape(still, full(image, kernel), what="convolve2d")
        promise(
            f"Moving the image {by[0]} rows down and {by[1]} columns right must move the full convolution as far.",
            after,
            np.pad(still, ((by[0], 0), (by[1], 0))),
            full(moved.shape, kernel),
            what="convolve2d",
        )

    for_all(holds, rng, sides(1, 4), sides(1, 3), sides(0, 2))


@pytest.mark.points(0.5)
@pytest.mark.title("Any image and kernel: sides drawn at random, the smallest failure is shown")
def test_any(student, rng):
    draw = digits(rng)

    def holds(kernel, room, mode):
        v, k = draw((kernel[0] + room[0], kernel[1] + room[1]), kernel)
        expect_close(student.correlate2d(v, k), correlate2d(v, k))
        expect_close(student.convolve2d(v, k, mode), convolve2d(v, k, mode), what=f"z ({mode})")

    for_all(holds, rng, sides(1, 4), sides(0, 4), st.sampled_from(("valid", "same", "full")))


@pytest.mark.points(0.25)
@pytest.mark.hidden
@pytest.mark.title("All modes on a larger image")
def test_larger_image(student, rng):
    v, k = rng.normal(size=(23, 31)), rng.normal(size=(6, 3))
    expect_close(student.correlate2d(v, k), correlate2d(v, k))
    for mode in ("valid", "same", "full"):
        expect_close(student.convolve2d(v, k, mode), convolve2d(v, k, mode), what=f"z ({mode})")
