"""Checks of the invariance lab: shares of what stays after a shift, pooled sizes, and answers to a quarter turn."""

from __future__ import annotations

import math
from itertools import product

import numpy as np
import pytest
from hypothesis import strategies as st

from grader.authoring import expect, expect_close, expect_pure, for_all
from reference.invariance import pooled_sizes, shift_agreement

KINDS = ("max", "mean", "median")


def expect_share(student, x, kind, k, stride, dx, dy):
    """The share is the reference's, exactly; the images stay as they were."""
    share = student.shift_agreement(x, kind, k, stride, dx, dy)
    what = f"The share for {kind} pooling {k}×{k}, stride {stride}, moved {dx} right and {dy} down,"
    expect_close(share, shift_agreement(x, kind, k, stride, dx, dy), rtol=0, atol=1e-9, what=what)
    expect_pure(student, "shift_agreement")


@pytest.mark.points(1)
@pytest.mark.title("Shift: of noise, max pooling keeps (k - 1) / (k + 1)")
def test_noise(student, rng):
    for k in (2, 3, 4):
        x = rng.normal(size=(2, 4, 10 * k, 10 * k + 1))
        share = student.shift_agreement(x, "max", k, k, 1, 0)
        expected = (k - 1) / (k + 1)
        margin = 8 * math.sqrt(expected * (1 - expected) / 800)
        expect_close(
            share, expected, rtol=0, atol=margin, what=f"The share for k = {k} (by theory, give or take chance)"
        )
        expect_share(student, x, "max", k, k, 1, 0)


@pytest.mark.points(1)
@pytest.mark.title("Shift: mean and median of images with few grey levels")
def test_few_levels(student, rng):
    for kind, k in (("mean", 2), ("median", 2), ("mean", 3), ("median", 3)):
        x = rng.integers(0, 3, size=(2, 3, 13, 14)) / 10
        expect_share(student, x, kind, k, k, 1, 0)


@pytest.mark.points(0.25)
@pytest.mark.title("Shift: of a constant image, everything stays")
def test_constant(student, rng):
    x = np.full((1, 2, 9, 8), float(rng.uniform(0.1, 0.9)))
    for kind in KINDS:
        expect_share(student, x, kind, 2, 2, 1, 1)


@pytest.mark.points(0.75)
@pytest.mark.title("Shift: a window that sees a whole period of a pattern does not notice it")
def test_periodic(student, rng):
    x = np.tile(rng.normal(size=(2, 3, 3, 3)), (1, 1, 4, 5))
    for kind, (dx, dy) in product(KINDS, ((1, 0), (0, 2), (2, 1))):
        expect_share(student, x, kind, 3, 3, dx, dy)


@pytest.mark.points(0.75)
@pytest.mark.title("Shift: to the left, upwards, and along diagonals")
def test_directions(student, rng):
    x = rng.integers(0, 4, size=(2, 2, 11, 14)) / 10
    for dx, dy in ((-1, 0), (0, -2), (2, -1), (-1, 2), (-2, -1)):
        expect_share(student, x, "max", 3, 3, dx, dy)


@pytest.mark.points(0.5)
@pytest.mark.hidden
@pytest.mark.title("Shift: right and down are different, and windows overlap or leave gaps")
def test_strides(student, rng):
    x = np.repeat(rng.integers(0, 4, size=(2, 2, 12, 5)) / 10, 3, axis=3)
    for k, stride, dx, dy in ((3, 1, 1, 0), (3, 2, 0, 1), (2, 3, 2, 0), (3, 1, 0, 2)):
        expect_share(student, x, "max", k, stride, dx, dy)


@pytest.mark.points(0.5)
@pytest.mark.title("Shift: by a whole window, where the map moves along but does not stay")
def test_whole_window(student, rng):
    x = rng.normal(size=(2, 3, 12, 14))
    for k in (2, 3):
        expect_share(student, x, "max", k, k, k, 0)
        expect_share(student, x, "max", k, k, 0, k)


def sides(least, most):
    """A pair of integers, the simplest first: a failure is shrunk in that order."""
    return st.sampled_from(sorted(product(range(least, most + 1), repeat=2), key=sum))


SHIFTS = st.sampled_from(sorted(product(range(-2, 3), repeat=2), key=lambda shift: (sum(map(abs, shift)), shift)))


@pytest.mark.points(0.5)
@pytest.mark.title("Shift: small images drawn at random, the smallest failure is shown")
def test_any_shift(student, rng):
    digits = int(rng.integers(2**32))

    def holds(window, room, shift, kind, batch):
        (k, stride), (dx, dy) = window, shift
        shape = (*batch, k + abs(dy) + room[0], k + abs(dx) + room[1])
        x = np.random.default_rng(digits).integers(0, 4, size=shape).astype(float)
        expect_share(student, x, kind, k, stride, dx, dy)

    for_all(holds, rng, sides(1, 3), sides(0, 4), SHIFTS, st.sampled_from(KINDS), sides(1, 2))


def expect_sizes(student, n, ks, strides):
    """Every combination that fits is there, no other, and each size is right."""
    got = student.pooled_sizes(n, ks, strides)
    expect(isinstance(got, dict), f"pooled_sizes returned {described(got)}, not a dictionary.")
    for k, stride in product(ks, strides):
        wanted = pooled_sizes(n, [k], [stride]).get((k, stride))
        place = f"sizes[({k}, {stride})] for {n} pixels"
        if wanted is None:
            expect((k, stride) not in got, f"{place} is there, but a window of {k} does not fit: leave it out.")
            continue
        expect((k, stride) in got, f"{place} is missing; {wanted} is expected.")
        answer = got[k, stride]
        is_right = isinstance(answer, int | np.integer) and answer == wanted
        expect(is_right, f"{place} is {described(answer)}; {wanted} is expected.", {"expected": wanted})
    extra = [key for key in got if key not in set(product(ks, strides))]
    expect(not extra, f"sizes has an entry that was not asked for: {described(extra)}.")


def described(value):
    """A value as text that is short whatever it is."""
    return repr(value)[:60]


@pytest.mark.points(0.5)
@pytest.mark.title("Sizes: the lecture's exercise on 28 pixels")
def test_sizes(student):
    expect_sizes(student, 28, [2, 3, 4], [1, 2])


@pytest.mark.points(0.75)
@pytest.mark.title("Sizes: strides that do not divide, and windows that do not fit")
def test_sizes_that_do_not_fit(student):
    expect_sizes(student, 7, [1, 3, 6, 7, 8, 11], [1, 2, 3, 5])
    expect_sizes(student, 17, [2, 5], [2, 3, 4, 6])


GLOBAL = """
def make(name):
    def spread(x):
        return np.sort(x.reshape(len(x), -1), axis=1)

    functions = {
        "max": lambda x: x.max(axis=(2, 3)),
        "mean": lambda x: x.mean(axis=(2, 3), keepdims=True),
        "sort": spread,
        "relu": lambda x: np.maximum(x, 0),
        "square": lambda x: x * x,
        "rows": lambda x: x.mean(axis=2, keepdims=True),
        "pixels": lambda x: x.reshape(len(x), -1)[:, :7].copy(),
        "channels": lambda x: x[:, :, 0, 0].copy(),
        "mirror": lambda x: x[:, :, :, ::-1].copy(),
    }
    return functions[name]
"""
POOLING = """
def make(kind, k, stride):
    def pool(x):
        windows = np.lib.stride_tricks.sliding_window_view(x, (k, k), axis=(2, 3))[:, :, ::stride, ::stride]
        return getattr(np, kind)(windows, axis=(4, 5))

    return pool
"""
LAYER = """
def make(kernel):
    def convolve(x):
        windows = np.lib.stride_tricks.sliding_window_view(x, kernel.shape, axis=(2, 3))
        return np.einsum("ncijuv,uv->ncij", windows, kernel)

    return convolve
"""


def expect_words(student, questions):
    """The right word for each (f, x, word, what f does in words).

    All are asked before any is judged: only the answers together tell which mistake is behind them.
    """
    words = []
    for f, x, _, _ in questions:
        words.append(student.rot90_relation(f, x))
        expect_pure(student, "rot90_relation")
    for word, (_, x, wanted, what) in zip(words, questions, strict=True):
        message = f"f is {what}, x has the shape {x.shape}: {described(word)} is not the right word. {REASONS[wanted]}"
        evidence = {"call": f"rot90_relation(f, float64{list(x.shape)})", "expected": wanted, "got": described(word)}
        expect(isinstance(word, str) and word == wanted, message, evidence)


def operations(student, rng, wanted, *names):
    """Questions about operations on noise, each by (its name in GLOBAL, shape, what it does in words)."""
    return [(student.run(GLOBAL, name), rng.normal(size=shape), wanted, what) for name, shape, what in names]


def poolings(student, rng, wanted, *settings):
    """Questions about poolings of noise, each by (kind, k, shape)."""
    return [
        (student.run(POOLING, kind, k, k), rng.normal(size=shape), wanted, f"{kind} pooling {k}×{k}, stride {k}")
        for kind, k, shape in settings
    ]


REASONS = {
    "invariant": "f gives the same for the turned images as for the upright ones.",
    "equivariant": "f of the turned images is the turned f of the upright ones, and differs from that itself.",
    "neither": "f of the turned images is neither f of the upright ones, nor that turned by a quarter against the clock.",
}


@pytest.mark.points(0.75)
@pytest.mark.title("Turn: pooling over the whole image is invariant, with a plane or without")
def test_global_pooling(student, rng):
    names = (
        ("max", "the maximum of each channel, (N, C)"),
        ("mean", "the mean of each channel, (N, C, 1, 1)"),
        ("sort", "all pixels of an image in order of size, (N, C·H·W)"),
    )
    settings = [(name, shape, what) for name, what in names for shape in ((2, 3, 6, 6), (1, 1, 5, 8))]
    expect_words(student, operations(student, rng, "invariant", *settings))


@pytest.mark.points(0.75)
@pytest.mark.title("Turn: pooling by windows that cover the image turns along, a mirror or a mean over rows does not")
def test_even_pooling(student, rng):
    settings = ("max", 2, (2, 2, 6, 6)), ("mean", 2, (2, 3, 6, 8)), ("median", 3, (3, 2, 9, 6))
    others = (
        ("mirror", (2, 2, 6, 6), "the image mirrored from left to right"),
        ("rows", (2, 2, 6, 6), "the mean over the rows, (N, C, 1, W)"),
    )
    questions = poolings(student, rng, "equivariant", *settings) + operations(student, rng, "neither", *others)
    expect_words(student, questions)


@pytest.mark.points(0.5)
@pytest.mark.title("Turn: where windows leave a row or column out, the turned image loses another one")
def test_odd_pooling(student, rng):
    # Many values: in a map of a few, all maxima may lie where both turns look, by chance.
    settings = ("max", 2, (3, 3, 7, 7)), ("mean", 2, (1, 2, 7, 7)), ("max", 3, (3, 3, 10, 10))
    corner = ("channels", (2, 2, 5, 5), "the upper left pixel of each channel, (N, C)")
    expect_words(student, poolings(student, rng, "neither", *settings) + operations(student, rng, "neither", corner))


BLUR = [[1.0, 2, 1], [2, 4, 2], [1, 2, 1]]
SOBEL = [[-1.0, 0, 1], [-2, 0, 2], [-1, 0, 1]]
HALF_TURN = [[0.0, 0, 0], [1, 3, 1], [0, 0, 0]]
DIAGONAL = [[1.0, 2, 3], [2, 4, 5], [3, 5, 6]]
PINWHEEL = [[1.0, 2, 3, 1], [3, 5, 5, 2], [2, 5, 5, 3], [1, 3, 2, 1]]


@pytest.mark.points(1)
@pytest.mark.title("Turn: a convolution turns along only if its kernel looks the same after a quarter turn")
def test_kernels(student, rng):
    kernels = (
        (BLUR, "equivariant", "a blur"),
        (SOBEL, "neither", "a Sobel kernel"),
        (HALF_TURN, "neither", "a kernel that is the same after half a turn only"),
        (DIAGONAL, "neither", "a kernel that is its own transpose"),
        (PINWHEEL, "equivariant", "a kernel like a pinwheel"),
    )
    expect_words(
        student,
        [
            (student.run(LAYER, np.array(kernel)), rng.normal(size=(2, 2, 7, 7)), wanted, f"the layer with {what}")
            for kernel, wanted, what in kernels
        ],
    )


@pytest.mark.points(0.25)
@pytest.mark.title("Turn: what is done to every pixel alike turns along, also on oblong images")
def test_pointwise(student, rng):
    settings = [
        (name, (2, 3, 4, 7), what) for name, what in (("relu", "a ReLU"), ("square", "the square of every pixel"))
    ]
    expect_words(student, operations(student, rng, "equivariant", *settings))


@pytest.mark.points(0.25)
@pytest.mark.title("Turn: operations without a plane, or with a plane of one row")
def test_without_a_plane(student, rng):
    names = (
        ("pixels", "the first seven pixels, (N, 7)"),
        ("channels", "the upper left pixel of each channel, (N, C)"),
        ("rows", "the mean over the rows, (N, C, 1, W)"),
    )
    settings = [(name, shape, what) for name, what in names for shape in ((2, 3, 5, 5), (3, 2, 4, 6))]
    expect_words(student, operations(student, rng, "neither", *settings))
