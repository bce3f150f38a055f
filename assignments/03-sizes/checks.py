"""Checks of the window arithmetic: output sizes, size-preserving padding, receptive fields."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import strategies as st

from grader.authoring import CheckFailed, case, expect, for_all
from grader.sandbox.errors import StudentRaised
from reference.definition import positions
from reference.sizes import extent, output_size, receptive_field, same_pad

NAMES = ("n", "k", "stride", "pad", "dilation", "strict")
DEFAULTS = {"stride": 1, "pad": 0, "dilation": 1, "strict": False}

# Each is (n, k, stride, pad, dilation).
SIZES = {
    "plain": ("Stride 1, no padding", 0.25, [(28, 5), (32, 5), (7, 1), (6, 6), (2, 1)]),
    "padding": ("Padding", 0.5, [(5, 3, 1, 1), (28, 5, 1, 2), (4, 3, 1, 2), (2, 5, 1, 2)]),
    "stride": ("Strides with which the windows fit exactly", 0.5, [(227, 11, 4), (28, 2, 2), (5, 3, 2, 1), (9, 3, 3)]),
    "floor": ("Strides that leave pixels over", 0.75, [(8, 3, 3), (12, 3, 2), (10, 3, 2), (224, 11, 4, 2), (3, 2, 5)]),
    "dilation": (
        "Dilation",
        0.75,
        [(9, 3, 1, 0, 2), (16, 5, 1, 0, 3), (7, 1, 1, 0, 3), (9, 3, 1, 2, 2), (12, 2, 2, 1, 4)],
    ),
}


def titled(cases):
    """One check for each named case: a title, its points, and what is tried."""
    return [case(name, title, points, tried) for name, (title, points, tried) in cases.items()]


@pytest.mark.parametrize("layers", titled(SIZES))
def test_conv_out(student, layers):
    expect_sizes(student, sizes=layers)


@pytest.mark.points(0.75)
@pytest.mark.title("A window that fits nowhere is a ValueError, one that just fits is not")
def test_empty(student):
    refused = [(4, 5), (2, 3, 2), (5, 3, 1, 0, 3), (1, 4, 3, 1), (1, 6, 1, 2)]
    expect_sizes(student, sizes=[(5, 5), (5, 3, 2, 0, 2), (2, 4, 3, 1)], refused=refused)


@pytest.mark.points(1)
@pytest.mark.title("strict=True: a size that is no integer is a ValueError, every other size stays what it was")
def test_strict(student):
    exact = [(5, 3, 2, 1), (227, 11, 4, 0), (11, 3, 2, 0, 2), (6, 6, 4, 0), (9, 3, 1, 0)]
    left_over = [(5, 3, 3, 1), (10, 3, 2, 0), (224, 11, 4, 0), (10, 2, 2, 0, 2), (9, 2, 3, 0), (3, 4, 2, 2)]
    expect_sizes(student, sizes=exact, refused=left_over, strict=True)


def expect_sizes(student, sizes, refused=(), **strict):
    """The layers in `sizes` have their size, those in `refused` raise. All are asked before one is judged."""
    asked = [(layer, dict(zip(NAMES, layer, strict=False)) | strict) for layer in (*refused, *sizes)]
    answers = [answer(lambda given=settings: student.conv_out(**given)) for _, settings in asked]
    for (layer, settings), got in zip(asked, answers, strict=True):
        if layer in refused:
            expect_refused(got, called(settings), explained(*layer))
        else:
            expect_whole(got, output_size(*layer), called(settings), explained(*layer))


MANY = """
def many(layers):
    found = []
    for n, k, stride, pad, dilation, strict in layers.tolist():
        try:
            found.append((submission.conv_out(n, k, stride, pad, dilation, bool(strict)), None))
        except Exception as error:
            found.append((None, type(error).__name__))
    return found
"""


@pytest.mark.points(1)
@pytest.mark.title(
    "All small layers, held against a count of the places where the window fits: the smallest that differs"
)
def test_every_small_layer(student):
    ranges = (range(1, 9), range(1, 5), range(1, 4), range(3), range(1, 4), range(2))
    layers = sorted(product(*ranges), key=lambda layer: (sum(layer), layer))
    found = student.run(MANY, np.array(layers))
    expect(isinstance(found, list) and len(found) == len(layers), "The layers could not all be worked out.")
    for layer, (size, kind) in zip(layers, found, strict=True):
        n, k, stride, pad, dilation, strict = layer
        places = positions(n, k, stride, pad, dilation)
        call = called(dict(zip(NAMES, (*layer[:5], bool(strict)), strict=True)))
        got = size if kind is None else Raised(kind)
        if not places or (strict and places[-1][-1] != n + pad - 1):
            expect_refused(got, call, explained(*layer[:5]))
        else:
            expect_whole(got, len(places), call, f"{explained(*layer[:5])} Places counted one by one: {len(places)}")


@pytest.mark.points(0.5)
@pytest.mark.title(
    "Laws: a stride more of pixels is one output more; padding is a larger image; dilation a larger window"
)
def test_laws(student, rng):
    def hold(k, stride, pad, dilation, room):
        n = max(1, extent(k, dilation) - 2 * pad) + room
        size = whole(student.conv_out(n, k, stride, pad, dilation), f"conv_out({n}, {k}, {stride}, {pad}, {dilation})")
        for other, extra, law in (
            (
                (n + stride, k, stride, pad, dilation),
                1,
                "one stride more of pixels makes room for exactly one output more",
            ),
            ((n + 2 * pad, k, stride, 0, dilation), 0, "zeros on both ends count like pixels of the image"),
            (
                (n, extent(k, dilation), stride, pad, 1),
                0,
                "a dilated window takes as much room as a larger one without gaps",
            ),
        ):
            call = f"conv_out({', '.join(map(str, other))})"
            second = whole(student.conv_out(*other), call)
            expect(
                second == size + extra,
                f"conv_out({n}, {k}, {stride}, {pad}, {dilation}) is {size} and {call} is {second}, but {law}: "
                f"{size + extra} was to be expected.",
                {"call": call, "expected": size + extra, "got": second},
            )

    for_all(hold, rng, *map(st.integers, (1, 1, 0, 1, 0), (4, 3, 2, 3, 5)), examples=30)


@pytest.mark.points(0.75)
@pytest.mark.title("same_pad: stride 1 gives as many outputs as pixels")
def test_same_pad(student):
    for k, dilation, got in paddings(student, [(1, 1), (3, 1), (5, 1), (7, 1), (3, 2), (5, 3), (2, 2), (4, 2), (2, 4)]):
        why = f"d(k - 1) is {extent(k, dilation) - 1}"
        if type(got) is int and got >= 0 and 99 + 2 * got >= extent(k, dilation):
            why += f"; with padding {got}, 99 pixels give {output_size(99, k, 1, got, dilation)} outputs"
        expect_whole(got, same_pad(k, dilation), f"same_pad({k}, dilation={dilation})", why)


@pytest.mark.points(0.5)
@pytest.mark.title("same_pad: where both ends cannot get the same, a ValueError")
def test_same_pad_impossible(student):
    for k, dilation, got in paddings(student, [(2, 1), (4, 1), (2, 3), (6, 1), (4, 3)]):
        why = f"d(k - 1) is {dilation * (k - 1)}, which is odd."
        expect_refused(got, f"same_pad({k}, dilation={dilation})", why)


def paddings(student, windows):
    """What same_pad gives for each window. All are asked before one is judged; dilation 1 is left to its default."""
    settings = [{"k": k} | ({"dilation": dilation} if dilation > 1 else {}) for k, dilation in windows]
    answers = [answer(lambda given=given: student.same_pad(**given)) for given in settings]
    return [(*window, got) for window, got in zip(windows, answers, strict=True)]


FIELDS = {
    "stacked": (
        "Receptive field: layers with stride 1",
        0.5,
        [[(5, 1, 1)], [(3, 1, 1), (3, 1, 1)], [(3, 1, 1)] * 3, [(1, 1, 1), (4, 1, 1)], []],
    ),
    "dilated": ("Receptive field: dilated layers", 0.5, [[(3, 1, 1), (3, 1, 2), (3, 1, 4)], [(2, 1, 3), (5, 1, 2)]]),
    "lenet": (
        "Receptive field: LeNet-5, layer by layer",
        0.75,
        [([(5, 1, 1), (2, 2, 1)] * 2 + [(5, 1, 1)])[:depth] for depth in (1, 2, 3, 4, 5)],
    ),
}


@pytest.mark.parametrize("networks", titled(FIELDS))
def test_field(student, networks):
    answers = [answer(lambda given=layers: student.receptive_field(given)) for layers in networks]
    for layers, got in zip(networks, answers, strict=True):
        expect_whole(got, receptive_field(layers), f"receptive_field({layers})")


@pytest.mark.points(0.75)
@pytest.mark.title("Receptive field: any network, the smallest that differs; that many pixels give exactly one output")
def test_any_network(student, rng):
    def hold(layers):
        got = answer(lambda: student.receptive_field(layers))
        right = receptive_field(layers)
        expect_whole(
            got,
            right,
            f"receptive_field({layers})",
            f"An image of {right} pixels gives one output, a smaller one none.",
        )

    layer = st.tuples(st.integers(1, 4), st.integers(1, 3), st.integers(1, 3))
    for_all(hold, rng, st.lists(layer, max_size=4), examples=30)


TWICE = """
def twice(layers):
    first = submission.receptive_field(layers)
    return first, submission.receptive_field(layers), layers
"""


@pytest.mark.points(0.25)
@pytest.mark.title("The list of layers stays as it was")
def test_purity(student):
    layers = [(3, 2, 1), (2, 1, 2), (3, 3, 1)]
    first, second, after = student.run(TWICE, layers)
    expect(after == layers, f"receptive_field({layers}) left its list as {after}. Work on a copy instead.")
    expect(first == second, f"Asked twice about {layers}, receptive_field gave {first} and {second}.")
    expect_whole(first, receptive_field(layers), f"receptive_field({layers})")


class Raised:
    """What a call gave when it gave no value: an exception, by the name of its type."""

    def __init__(self, kind):
        self.kind = kind


def answer(call):
    """What a call gave; a ValueError may be the right answer, so it is one. Other errors stay errors."""
    try:
        return call()
    except StudentRaised as fault:
        if fault.kind != "ValueError":
            raise
        return Raised(fault.kind)


def expect_whole(got, expected, call, why=""):
    """The answer is that integer, and an int."""
    evidence = {"call": call, "expected": expected}
    because = f" {why.rstrip('.')}." if why else ""
    if isinstance(got, Raised):
        told = f"{call} raised a {got.kind}; {expected} is expected.{because}"
        raise CheckFailed(told, evidence | {"got": got.kind})
    got = whole(got, call)
    expect(got == expected, f"{call} is {got}; {expected} is expected.{because}", evidence | {"got": got})


def expect_refused(got, call, why):
    """The answer is a ValueError."""
    if isinstance(got, Raised):
        told = f"{call} raised a {got.kind}; a ValueError is expected."
        expect(got.kind == "ValueError", told, {"call": call, "expected": "ValueError", "got": got.kind})
    else:
        value = repr(got)[:80]
        told = f"{call} gives {value}. {why} A ValueError is expected."
        raise CheckFailed(told, {"call": call, "expected": "ValueError", "got": value})


def whole(got, call):
    """The answer, which must be an int."""
    expect(got is not None, f"{call} gives None. Is a return missing?", {"call": call, "got": "None"})
    value, kind = repr(got)[:80], type(got).__name__
    told = f"{call} gives {value}, of type {kind}; an int is expected: sizes are counted, not measured."
    expect(type(got) is int, told, {"call": call, "got": value})
    return got


def called(settings):
    """conv_out(5, 3, stride=2) for settings by name; those with their default are left out."""
    told = {name: value for name, value in settings.items() if name not in DEFAULTS or value != DEFAULTS[name]}
    return f"conv_out({', '.join(str(v) if name in ('n', 'k') else f'{name}={v}' for name, v in told.items())})"


def explained(n, k, stride=1, pad=0, dilation=1):
    """The numbers that the formula combines, in words."""
    room = n + 2 * pad - extent(k, dilation)
    told = f"n + 2p is {n + 2 * pad} and the window spans {extent(k, dilation)}"
    if room < 0:
        return f"{told}: it fits nowhere."
    return f"{told}, so it can move by {room}: {room} / {stride} + 1 = {room / stride + 1:.4g}."
