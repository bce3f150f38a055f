"""Checks of the parameter counts: dense, local and shared layers, and the memory they take."""

from __future__ import annotations

import math

import pytest
from hypothesis import strategies as st

from grader.authoring import case, expect, for_all
from reference import parameters

LECTURES = {
    "image-512": (
        "Deck 1: an MLP for a 512×512 image, and the same for 4×4",
        1.0,
        "mlp_params",
        [
            {"sizes": [16, 16, 1]},
            {"sizes": [262144, 262144, 1]},
            {"sizes": [262144, 262144], "bias": False},
            {"sizes": [262144, 262144, 1], "bias": False},
        ],
    ),
    "cifar": (
        "Deck 3: four units on a CIFAR-10 image",
        0.5,
        "mlp_params",
        [{"sizes": [3072, 4], "bias": False}, {"sizes": [3072, 4]}],
    ),
    "mlp": (
        "Small fully connected networks",
        1.0,
        "mlp_params",
        [{"sizes": [3, 4, 2]}, {"sizes": [5, 7]}, {"sizes": [2, 3, 4, 5]}, {"sizes": [7, 1, 6, 2], "bias": False}],
    ),
    "local": (
        "Local connections, each with its own weight",
        1.0,
        "local_params",
        [
            {"n_units": 262144, "k": 3},
            {"n_units": 262144, "k": 9},
            {"n_units": 5, "k": 3, "bias": True},
            {"n_units": 7, "k": 7, "bias": False},
            {"n_units": 290400, "k": 363, "bias": True},
        ],
    ),
    "conv": (
        "Shared weights: five 5×5 kernels over three channels, and other square kernels",
        1.0,
        "conv_params",
        [
            {"c_in": 3, "c_out": 5, "kernel": 5, "bias": False},
            {"c_in": 3, "c_out": 5, "kernel": 5},
            {"c_in": 6, "c_out": 16, "kernel": 5},
            {"c_in": 1, "c_out": 6, "kernel": 5},
            {"c_in": 3, "c_out": 96, "kernel": 11},
            {"c_in": 64, "c_out": 32, "kernel": 1},
        ],
    ),
    "oblong": (
        "Kernels that are not square",
        0.75,
        "conv_params",
        [
            {"c_in": 3, "c_out": 4, "kernel": (2, 5)},
            {"c_in": 2, "c_out": 3, "kernel": (7, 1), "bias": False},
            {"c_in": 5, "c_out": 2, "kernel": (1, 3)},
        ],
    ),
    "groups": (
        "Groups: a kernel sees the channels of its own group",
        1.0,
        "conv_params",
        [
            {"c_in": 4, "c_out": 6, "kernel": 3, "groups": 2},
            {"c_in": 96, "c_out": 256, "kernel": 5, "groups": 2},
            {"c_in": 32, "c_out": 32, "kernel": 3, "bias": False, "groups": 32},
            {"c_in": 6, "c_out": 12, "kernel": (3, 1), "groups": 3},
        ],
    ),
}


@pytest.mark.parametrize(
    ("function", "calls"),
    [case(name, title, points, function, calls) for name, (title, points, function, calls) in LECTURES.items()],
)
def test_count(student, function, calls):
    # All are asked before one is judged: together they tell more misconceptions apart than the first that is wrong.
    counts = [getattr(student, function)(**settings) for settings in calls]
    for settings, got in zip(calls, counts, strict=True):
        expect_count(got, getattr(parameters, function)(**settings), called(function, settings))


def layers():
    """Any convolution as (channels of a group going in, coming out, groups, kernel, bias), the smallest first."""
    kernel = st.one_of(st.integers(1, 4), st.tuples(st.integers(1, 4), st.integers(1, 4)))
    return st.tuples(st.integers(1, 4), st.integers(1, 4), st.integers(1, 3), kernel, st.booleans())


@pytest.mark.points(1)
@pytest.mark.title("Any network: layers drawn at random, the smallest that differs is shown")
def test_any_layer(student, rng):
    def same(function, settings):
        got = getattr(student, function)(**settings)
        expect_count(got, getattr(parameters, function)(**settings), called(function, settings))

    def dense(sizes, bias):
        same("mlp_params", {"sizes": sizes, "bias": bias})

    def local(n_units, k, bias):
        same("local_params", {"n_units": n_units, "k": k, "bias": bias})

    def shared(layer):
        ins, outs, groups, kernel, bias = layer
        settings = {"c_in": ins * groups, "c_out": outs * groups, "kernel": kernel, "bias": bias, "groups": groups}
        same("conv_params", settings)

    for_all(dense, rng, st.lists(st.integers(1, 9), min_size=2, max_size=5), st.booleans())
    for_all(local, rng, st.integers(1, 9), st.integers(1, 9), st.booleans())
    for_all(shared, rng, layers())


@pytest.mark.points(1)
@pytest.mark.title(
    "The three kinds fit together: dense is a kernel as large as the image, local is shared times positions"
)
def test_laws(student, rng):
    def dense_is_whole_image(c_in, c_out, height, width, bias):
        conv = student.conv_params(c_in, c_out, (height, width), bias)
        expect_same(
            student.mlp_params([c_in * height * width, c_out], bias),
            f"mlp_params([{c_in * height * width}, {c_out}], {bias})",
            conv,
            f"conv_params({c_in}, {c_out}, {(height, width)}, {bias})",
            "but a kernel that covers the whole image is a dense unit, with the same parameters",
        )

    def local_is_unshared(c_in, c_out, side, positions, bias):
        conv = student.conv_params(c_in, c_out, side, bias)
        expect_same(
            student.local_params(c_out * positions, c_in * side**2, bias),
            f"local_params({c_out * positions}, {c_in * side**2}, {bias})",
            conv * positions if type(conv) is int else conv,
            f"{positions} times conv_params({c_in}, {c_out}, {side}, {bias})",
            f"but without sharing there is a kernel for each of the {positions} positions",
        )

    small = st.integers(1, 4)
    for_all(dense_is_whole_image, rng, small, small, small, small, st.booleans(), examples=12)
    for_all(local_is_unshared, rng, small, small, small, st.integers(1, 6), st.booleans(), examples=12)


@pytest.mark.points(0.75)
@pytest.mark.title("Memory: the weights of Deck 1's network")
def test_memory_of_the_lecture(student):
    expect_memory([(262144**2, "float32", student.memory(262144**2))])


@pytest.mark.points(1)
@pytest.mark.title("Memory: every type of number")
def test_memory_of_types(student, rng):
    n = int(rng.integers(10**6, 10**9)) * 2 + 1
    expect_memory(
        [(n, dtype, student.memory(n, dtype)) for dtype in ("float64", "float16", "int8", "float32", "int16")]
    )


def expect_memory(answers):
    """Every dictionary is right: its keys, the bytes exactly, the others up to rounding."""
    for n, dtype, got in answers:
        call, right = f"memory({n}, {dtype!r})", parameters.memory(n, dtype)
        expect(isinstance(got, dict), f"{call} gives a {type(got).__name__}; a dictionary is expected.")
        told = f"{call} has the keys {', '.join(map(repr, got))}; 'bytes', 'GB' and 'GiB' are expected."
        expect(set(got) == set(right), told)
        expect_count(got["bytes"], right["bytes"], f"{call}['bytes']")
        for unit, size in (("GB", "10^9"), ("GiB", "2^30")):
            value = got[unit]
            evidence = {"call": f"{call}['{unit}']", "expected": right[unit], "got": repr(value)[:80]}
            is_number = isinstance(value, int | float)
            expect(is_number, f"{call}['{unit}'] is of type {type(value).__name__}, not a float.", evidence)
            told = f"{call}['{unit}'] is {value:.12g}; {right[unit]:.12g} is expected: a {unit} is {size} bytes."
            expect(math.isclose(value, right[unit], rel_tol=1e-12), told, evidence)


def expect_count(got, expected, call):
    """The count is an int and exact."""
    got = whole(got, call)
    told = f"{call} is {got:,}; {expected:,} is expected.{ratio(got, expected)}"
    expect(got == expected, told, {"call": call, "expected": expected, "got": got})


def ratio(got, expected):
    """In words, where one count is a multiple of the other: which factor is missing, or one too many."""
    if got > expected and got % expected == 0:
        return f" That is {got // expected:,} times as many."
    if 0 < got < expected and expected % got == 0:
        return f" The right count is {expected // got:,} times as large."
    return ""


def expect_same(first, first_call, second, second_call, law):
    """Two of the student's own counts agree."""
    first, second = whole(first, first_call), whole(second, second_call)
    expect(second > 0, f"{second_call} is {second}: there is no layer without parameters.")
    told = f"{first_call} is {first:,} and {second_call} is {second:,}, {law}."
    expect(first == second, told, {"call": first_call, "expected": second, "got": first})


def whole(got, call):
    """The answer, which must be an int."""
    expect(got is not None, f"{call} gives None. Is a return missing?", {"call": call, "got": "None"})
    value, kind = repr(got)[:80], type(got).__name__
    told = f"{call} gives {value}, of type {kind}; a count is an int, which is exact and has no largest value."
    expect(type(got) is int, told, {"call": call, "got": value})
    return got


def called(function, settings):
    """The call as one would write it; what belongs to every call stands by position."""
    named = ("bias", "groups")
    return f"{function}({', '.join(f'{n}={v}' if n in named else str(v) for n, v in settings.items())})"
