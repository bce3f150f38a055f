"""Checks of Sobel's gradients, feature maps, their display as grey levels, and the sizes of a sweep."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import strategies as st

from grader.authoring import case, expect, expect_close, expect_dtype, expect_pure, expect_shape, for_all, in_case
from reference import feature_maps as right

NEAREST = {"rtol": 0.0, "atol": 0.5 + 1e-9}
"""Of two grey levels that are equally near, either is right."""


def expect_gradient(student, img):
    """Each of the three maps is the reference's."""
    expected = right.sobel(img)
    for name, got, wanted in zip(("gx", "gy", "mag"), student.sobel(img), expected, strict=True):
        expect_close(got, wanted, what=name)
    expect_pure(student, "sobel")


@pytest.mark.points(0.5)
@pytest.mark.title("Sobel: at a vertical step of height h, gx is 4h and gy is 0")
def test_step(student, rng):
    for height in (float(rng.integers(2, 9)), -float(rng.integers(2, 9))):
        img = np.zeros((5, 7))
        img[:, 3:] = height
        expect_gradient(student, img)


@pytest.mark.points(0.75)
@pytest.mark.title("Sobel: on a slope of a to the right and b downwards, gx is 8a and gy is 8b")
def test_slope(student, rng):
    a, b = (float(slope) for slope in rng.permutation([-3, 2, 5, 7])[:2])
    expect_gradient(student, 100 + a * np.arange(6.0) + b * np.arange(5.0)[:, None])


@pytest.mark.points(0.5)
@pytest.mark.title("Sobel: an oblong image of noise")
def test_noise(student, rng):
    expect_gradient(student, rng.normal(size=(7, 10)))


@pytest.mark.points(0.5)
@pytest.mark.title("Sobel: an image of bytes, as from a file")
def test_bytes(student, rng):
    expect_gradient(student, rng.integers(0, 256, size=(6, 8)).astype(np.uint8))


def sides(least, most):
    """(height, width), the simplest first: a failure is shrunk in that order."""
    return st.sampled_from(sorted(product(range(least, most + 1), repeat=2), key=sum))


def digits(rng):
    """A function that fills shapes with small whole numbers: what fails can be worked out by hand."""
    start = int(rng.integers(2**32))

    def draw(*shapes):
        values = np.random.default_rng(start)
        return [values.integers(-9, 10, size=shape).astype(float) for shape in shapes]

    return draw


@pytest.mark.points(0.25)
@pytest.mark.title("Sobel: a quarter turn of the image exchanges gx and gy, up to the sign")
def test_quarter_turn(student, rng):
    draw = digits(rng)

    def holds(size):
        (img,) = draw(size)
        upright = student.sobel(img)
        turned = student.sobel(np.ascontiguousarray(np.rot90(img)))
        for maps, (height, width) in ((upright, size), (turned, size[::-1])):
            for name, got in zip(("gx", "gy", "mag"), maps, strict=True):
                expect_shape(got, (height - 2, width - 2), what=name)
        gx, gy, mag = map(np.rot90, upright)
        pairs = (("gx", turned[0], gy), ("gy", turned[1], -gx), ("mag", turned[2], mag))
        told = (
            "Turning the image by a quarter, against the clock, must turn the maps as well: gx of the turned image "
            "is the turned gy, gy is minus the turned gx, mag is the turned mag."
        )
        for name, got, wanted in pairs:
            with in_case(told):
                expect_close(got, wanted, rtol=1e-9, atol=1e-9, what=name)

    for_all(holds, rng, sides(3, 6))


@pytest.mark.points(0.25)
@pytest.mark.title("Sobel: constant grey has no gradient, and a brighter image has the same")
def test_brightness(student, rng):
    draw = digits(rng)

    def holds(size, more):
        (img,) = draw(size)
        for image in (np.full(size, float(more)), img, img + more):
            expect_gradient(student, image)

    for_all(holds, rng, sides(3, 5), st.integers(1, 9), examples=10)


LAYERS = [
    case("plain", "Feature maps: three channels, four 3×3 kernels, without ReLU", 0.75, (3, 7, 9), (4, 3, 3, 3), False),
    case("relu", "Feature maps: with ReLU", 0.5, (3, 8, 7), (4, 3, 3, 3), True),
    case("oblong", "Feature maps: two channels, 2×5 kernels", 0.5, (2, 6, 9), (3, 2, 2, 5), False),
]


@pytest.mark.parametrize(("image", "kernels", "relu"), LAYERS)
def test_maps(student, rng, image, kernels, relu):
    img, weights = rng.normal(size=image), rng.normal(size=kernels)
    expect_close(student.feature_maps(img, weights, relu), right.feature_maps(img, weights, relu), what="maps")
    expect_pure(student, "feature_maps")


@pytest.mark.points(0.25)
@pytest.mark.title("Feature maps: where relu is left out, it is on")
def test_relu_by_default(student, rng):
    img, weights = rng.normal(size=(2, 5, 6)), rng.normal(size=(2, 2, 3, 3))
    expect_close(student.feature_maps(img, weights), right.feature_maps(img, weights), what="maps")


@pytest.mark.points(0.5)
@pytest.mark.title("Feature maps: sides, channels and ReLU drawn at random, the smallest failure is shown")
def test_any_maps(student, rng):
    draw = digits(rng)

    def holds(kernel, room, counts, relu):
        f, c = counts
        img, weights = draw((c, kernel[0] + room[0], kernel[1] + room[1]), (f, c, *kernel))
        expect_close(student.feature_maps(img, weights, relu), right.feature_maps(img, weights, relu), what="maps")

    for_all(holds, rng, sides(1, 3), sides(0, 3), sides(1, 3), st.booleans())


@pytest.mark.points(0.25)
@pytest.mark.title("float32 in, float32 out; integers count as float64")
def test_types(student, rng):
    for dtype, wanted, rtol in (("f4", "f4", 1e-5), ("i8", "f8", 1e-10), ("u1", "f8", 1e-10)):
        img, weights = (rng.integers(0, 90, size=size).astype(dtype) for size in ((2, 6, 5), (2, 2, 3, 2)))
        maps = student.feature_maps(img, weights, False)
        expect_close(maps, right.feature_maps(img, weights, relu=False), rtol=rtol, what=f"maps of {img.dtype}")
        expect_dtype(maps, wanted, what=f"maps of {img.dtype}")
        for name, got, exact in zip(("gx", "gy", "mag"), student.sobel(img[0]), right.sobel(img[0]), strict=True):
            expect_close(got, exact, rtol=rtol, what=f"{name} of {img.dtype}")
            expect_dtype(got, wanted, what=f"{name} of {img.dtype}")


def expect_levels(student, maps, mode):
    """Bytes that are the nearest to the exact grey levels; both modes are called as students would."""
    levels = student.to_display(maps, mode)
    expect_dtype(levels, np.uint8, what="The picture")
    expect_close(levels, right.grey_levels(maps.astype(float), mode), **NEAREST, what="levels")
    expect_pure(student, "to_display")


DISPLAYS = [
    case("minmax", "Display, minmax: smallest value 0, largest 255", 0.5, "minmax", [1.0]),
    case("minmax-each", "Display, minmax: each map by its own range", 0.5, "minmax", [300.0, 1.0, 0.01]),
    case("symmetric", "Display, symmetric: zero is 128, negative is darker", 0.5, "symmetric", [1.0]),
    case("symmetric-each", "Display, symmetric: each map by its own range", 0.5, "symmetric", [200.0, 1.0, 0.01]),
]


@pytest.mark.parametrize(("mode", "ranges"), DISPLAYS)
def test_display(student, rng, mode, ranges):
    # The largest absolute value is a negative one: a scale by the largest value would leave the range.
    maps = rng.uniform(-2, 1, size=(len(ranges), 5, 7)) * np.reshape(ranges, (-1, 1, 1))
    maps[:, 2, 3] = 0
    expect_levels(student, maps, mode)


@pytest.mark.points(0.25)
@pytest.mark.title("Display: positive maps alone, and minmax where no mode is given")
def test_display_of_positive_maps(student, rng):
    maps = rng.uniform(40, 90, size=(2, 4, 6))
    for mode in ("minmax", "symmetric"):
        expect_levels(student, maps, mode)
    levels = student.to_display(maps)
    expect_close(levels, right.grey_levels(maps, "minmax"), **NEAREST, what="levels where no mode is given")


@pytest.mark.points(0.5)
@pytest.mark.title("Display: maps without a range (constant, zero) beside one that has a range")
def test_display_of_constant_maps(student, rng):
    maps = np.stack([np.full((3, 4), 5.5), np.zeros((3, 4)), rng.normal(size=(3, 4)), np.full((3, 4), -2.0)])
    for mode in ("minmax", "symmetric"):
        expect_levels(student, maps, mode)


@pytest.mark.points(0.25)
@pytest.mark.title("Display: small maps drawn at random, the smallest failure is shown")
def test_any_display(student, rng):
    draw = digits(rng)

    def holds(count, size, mode):
        (maps,) = draw((count, *size))
        expect_levels(student, maps, mode)

    for_all(holds, rng, st.integers(1, 2), sides(1, 3), st.sampled_from(("minmax", "symmetric")))


def expect_sizes(student, image, kernel, strides, pads):
    """Every combination is there, and each size is right."""
    img, weights = np.zeros(image), np.ones(kernel)
    got = student.sweep(img, weights, strides, pads)
    expect(isinstance(got, dict), f"sweep returned {described(got)}, not a dictionary.")
    wanted = right.sweep(img, weights, strides, pads)
    missing = [key for key in wanted if key not in got]
    expect(not missing, f"sizes has no entry {shown(missing)}; there is one for every (stride, pad).")
    extra = [key for key in got if key not in wanted]
    expect(not extra, f"sizes has entries that were not asked for: {shown(extra)}.")
    setting = f"image {image[0]}×{image[1]}, kernel {kernel[0]}×{kernel[1]}"
    for (stride, pad), size in wanted.items():
        answer = whole_numbers(got[stride, pad])
        message = f"sizes[({stride}, {pad})] is {described(got[stride, pad])}; {size} is expected ({setting})."
        expect(answer == size, message, {"expected": list(size), "got": described(got[stride, pad])})


def shown(keys):
    """The first keys, as text."""
    return (
        f"{str(keys[0])[:60]} (and {len(keys) - 1} more)" if len(keys) > 1 else "".join(str(key)[:60] for key in keys)
    )


def described(value):
    """A value as text that is short whatever it is."""
    return repr(value)[:60]


def whole_numbers(size):
    """(h, w) as integers, or None where it is anything else."""
    parts = list(size) if isinstance(size, tuple | list) else []
    return tuple(map(int, parts)) if all(isinstance(part, int | np.integer) for part in parts) else None


@pytest.mark.points(0.75)
@pytest.mark.title("Sweep: the lecture's exercise on a square image")
def test_sweep(student):
    expect_sizes(student, (5, 5), (3, 3), [1, 2], [0, 1])
    expect_sizes(student, (28, 28), (5, 5), [1, 2, 3], [0, 1, 2])


@pytest.mark.points(0.5)
@pytest.mark.title("Sweep: an oblong image and kernel, strides that do not divide")
def test_sweep_oblong(student):
    expect_sizes(student, (11, 18), (2, 5), [1, 2, 3, 4, 5], [0, 1, 3])


@pytest.mark.points(0.25)
@pytest.mark.hidden
@pytest.mark.title("Sweep: sizes and settings drawn at random")
def test_any_sweep(student, rng):
    for _ in range(8):
        kernel, room, stride, pad = rng.integers(1, 5, 2), rng.integers(0, 7, 2), rng.integers(1, 5), rng.integers(0, 3)
        image = (kernel + room).tolist()
        expect_sizes(student, image, kernel.tolist(), [int(stride), int(stride) + 1], [int(pad), int(pad) + 2])
