"""Checks of the accountant: shapes, parameters and multiply-accumulates layer by layer, and the rules of sizing."""

from __future__ import annotations

import pytest
from hypothesis import strategies as st

from grader.authoring import CheckFailed, expect, for_all
from grader.sandbox.errors import StudentRaised
from reference import accountant, networks
from reference.networks import conv, fc, pool, relu

KEYS = ("name", "out", "params", "macs")
RULES = {
    "R1": "each side of the input can be halved five times",
    "R2": "kernels of convolutions after layer 0 have sides of at most 5",
    "R3": "a convolution leaves height and width as they were",
    "R4": "max pooling is 2×2 with stride 2 and no padding",
    "R5": "the quotient (n + 2p - k) / s is an integer along both sides",
}


def book(network, column, title, points):
    """One column of a known network's books: one check."""
    marks = [pytest.mark.title(title), pytest.mark.points(points)]
    return pytest.param(network, column, id=f"{network.__name__}-{column}", marks=marks)


@pytest.mark.parametrize(
    ("network", "column"),
    [
        book(networks.lenet5, "out", "LeNet-5: the shape after each layer", 0.5),
        book(networks.lenet5, "params", "LeNet-5: 61 706 parameters, each where it belongs", 0.75),
        book(networks.lenet5, "macs", "LeNet-5: 416 520 multiply-accumulates", 0.75),
        book(networks.alexnet, "out", "AlexNet: the shapes, with stride 4 and overlapping pooling", 0.25),
        book(networks.alexnet, "params", "AlexNet: the parameters of convolutions in two groups", 0.5),
        book(networks.alexnet, "macs", "AlexNet: the multiply-accumulates of convolutions in two groups", 0.5),
        book(networks.vgg16, "params", "VGG-16: the parameters, three quarters of them in one layer", 0.25),
        book(networks.vgg16, "macs", "VGG-16: the multiply-accumulates", 0.25),
        book(networks.mobilenet, "params", "MobileNet: depthwise convolutions, batch normalisation, no biases", 0.5),
        book(networks.mobilenet, "macs", "MobileNet: the multiply-accumulates of depthwise convolutions", 0.5),
    ],
)
def test_books(student, network, column):
    spec, in_shape = network()
    expect_rows(student.analyse(spec, in_shape), spec, in_shape, [column])


@st.composite
def small_networks(draw):
    """(spec, in_shape) of a few layers that fit, on a small oblong volume; the simplest first."""
    in_shape = draw(st.tuples(st.sampled_from([1, 2, 4]), st.integers(1, 7), st.integers(1, 7)))
    side = st.integers(1, 3)
    kernel = st.one_of(side, st.tuples(side, side))
    types = st.sampled_from(["relu", "dropout", "bn", "pool", "conv"])
    spec = []
    for number, kind in enumerate(draw(st.lists(types, max_size=4))):
        layer = {"name": f"{kind}{number}", "type": kind}
        if kind in ("pool", "conv"):
            layer |= {"kernel": draw(kernel), "stride": draw(st.integers(1, 2)), "pad": draw(st.integers(0, 1))}
        if kind == "pool":
            layer["kind"] = draw(st.sampled_from(["max", "mean"]))
        if kind == "conv":
            groups = draw(st.integers(1, 2))
            layer |= {"out": groups * draw(st.integers(1, 3)), "groups": groups, "bias": draw(st.booleans())}
        if fits([*spec, layer], in_shape):
            spec.append(layer)
    if draw(st.booleans()):
        spec += [fc("fc", draw(st.integers(1, 5)), bias=draw(st.booleans())), {"name": "bn", "type": "bn"}]
        spec.append(fc("last", draw(st.integers(1, 3))))
    return spec, in_shape


def fits(spec, in_shape):
    """Whether every layer has an output."""
    try:
        accountant.analyse(spec, in_shape)
    except ValueError:
        return False
    return True


@pytest.mark.points(1)
@pytest.mark.title("Any network: layers drawn at random, the smallest network that differs is shown")
def test_any_network(student, rng):
    def hold(network):
        spec, in_shape = network
        expect_rows(student.analyse(spec, in_shape), spec, in_shape, KEYS)

    for_all(hold, rng, small_networks(), examples=30)


@pytest.mark.points(0.25)
@pytest.mark.title("A fully connected layer costs what a convolution with a kernel as large as the map costs")
def test_dense_is_a_whole_kernel(student, rng):
    def hold(c, height, width, out, bias):
        shape = (c, height, width)
        dense, whole = (
            student.analyse([layer], shape)
            for layer in (fc("fc", out, bias=bias), conv("conv", out, (height, width), bias=bias))
        )
        for column in ("params", "macs"):
            costs = [rows_of(rows, 1)[0][column] for rows in (dense, whole)]
            told = (
                f"On {shape} a fully connected layer with {out} outputs has {costs[0]} {column}, and a convolution with "
                f"{out} kernels of {height}×{width} has {costs[1]}: they are the same function and cost the same."
            )
            expect(costs[0] == costs[1] and costs[0] != 0, told, {"expected": str(costs[1]), "got": str(costs[0])})

    for_all(hold, rng, *map(st.integers, (1, 1, 1, 1), (3, 4, 4, 3)), st.booleans(), examples=12)


@pytest.mark.points(0.5)
@pytest.mark.title("What cannot be built is a ValueError, and what just fits is not")
def test_refusals(student):
    impossible = [
        ([conv("c", 2, 5)], (1, 4, 9), "a kernel of 5×5 does not fit on 4×9"),
        ([conv("c", 2, (2, 5), pad=1)], (1, 9, 2), "a kernel of 2×5 does not fit on 9×2 with padding 1"),
        (
            [conv("c", 2, 3), pool("p", 3, 2)],
            (1, 4, 8),
            "a window of 3×3 does not fit on the 2×6 that the convolution leaves",
        ),
        ([conv("c", 4, 1, groups=2)], (3, 4, 4), "3 channels cannot be dealt out to two groups"),
        ([conv("c", 3, 1, groups=2)], (4, 4, 4), "3 kernels cannot be dealt out to two groups"),
    ]
    possible = [([conv("c", 2, 5, pad=1, groups=2)], (2, 3, 4)), ([conv("c", 4, (2, 3)), pool("p", 2, 2)], (1, 3, 4))]
    answers = [answer(lambda s=spec, i=in_shape: student.analyse(s, i)) for spec, in_shape, _ in impossible]
    rows = [answer(lambda s=spec, i=in_shape: student.analyse(s, i)) for spec, in_shape in possible]
    last, in_shape, why = impossible[2]
    for got, (_, _, reason) in zip(answers, impossible, strict=True):
        expect(got is ValueError, f"analyse gives {told_of(got)}, but {reason}. A ValueError is expected.")
    for got, (spec, shape) in zip(rows, possible, strict=True):
        expect(got is not ValueError, f"analyse raised a ValueError for {show(spec, shape)}, which fits exactly.")
        expect_rows(got, spec, shape, KEYS)
    found = answer(lambda: student.lint(last, in_shape))
    expect(found is ValueError, f"lint gives {told_of(found)}, but {why}. A ValueError is expected.")


EVEN = (3, 32, 64)
CASES = {
    "R1": [
        ([conv("c", 4, 3, pad=1)], (3, *sides))
        for sides in ((224, 224), (227, 227), (96, 384), (64, 48), (48, 64), (16, 16), (28, 28), (80, 160), (512, 32))
    ],
    "R2": [
        ([conv("first", 4, 7, pad=3), conv("second", 4, 5, pad=2)], EVEN),
        ([conv("first", 4, 11, pad=5), relu("a"), conv("second", 4, 7, pad=3)], EVEN),
        ([relu("a"), conv("tall", 4, (7, 1)), conv("wide", 4, (1, 6))], EVEN),
        ([conv("first", 4, 3, pad=1), pool("p", 8, 8, "mean"), fc("f", 9)], EVEN),
    ],
    "R3": [
        ([conv("same", 4, 3, pad=1), conv("valid", 4, 3), conv("one", 4, 1), conv("wide", 4, 3, pad=2)], EVEN),
        ([conv("same", 4, 5, pad=2), pool("p", 2, 2), fc("f", 7)], EVEN),
        ([conv("rows", 4, (1, 3), pad=1), conv("columns", 4, (3, 1), pad=1)], EVEN),
        ([conv("strided", 4, 2, stride=2), conv("same", 3, 3, pad=1)], EVEN),
    ],
    "R4": [
        ([pool("p", 2, 2), pool("q", (2, 2), 2), pool("m", 2, 2, "mean")], EVEN),
        ([pool("overlap", 4, 2), pool("dense", 2, 1), pool("oblong", (1, 2), 1)], EVEN),
        ([pool("three", 4, 4), pool("global", 8, 1, "mean")], EVEN),
        ([pool("padded", 2, 2, pad=1), pool("half", 3, 2, "mean", pad=1)], EVEN),
        ([conv("first", 2, 4, stride=4), relu("a"), pool("tall", (2, 1), 1)], EVEN),
    ],
    "R5": [
        ([conv("half", 4, 3, stride=2, pad=1), conv("fits", 4, 2, stride=2)], EVEN),
        ([conv("third", 4, 5, stride=3, pad=2)], EVEN),
        ([conv("exact", 4, 6, stride=3, pad=2)], (3, 32, 32)),
        ([conv("rows", 4, (3, 2), stride=2)], EVEN),
        ([conv("columns", 4, (2, 3), stride=2)], EVEN),
        ([conv("map", 4, 3, stride=2)], (3, 33, 64)),
        ([conv("map", 4, 3, stride=2)], (3, 64, 33)),
        ([conv("valid", 4, 2), pool("p", 2, 2)], EVEN),
        ([pool("mean", 3, 2, "mean"), fc("f", 3)], EVEN),
    ],
}


@pytest.mark.parametrize(
    "rule",
    [
        pytest.param(rule, marks=[pytest.mark.title(f"{rule}: {advice}"), pytest.mark.points(0.5)])
        for rule, advice in RULES.items()
    ],
)
def test_rule(student, rule):
    answers = [student.lint(spec, in_shape) for spec, in_shape in CASES[rule]]
    for got, (spec, in_shape) in zip(answers, CASES[rule], strict=True):
        expect_findings(got, spec, in_shape)


@pytest.mark.points(0.75)
@pytest.mark.title("The linter on LeNet-5, AlexNet, VGG-16 and MobileNet")
def test_lint_of_networks(student):
    known = [network() for network in (networks.lenet5, networks.alexnet, networks.vgg16, networks.mobilenet)]
    answers = [student.lint(spec, in_shape) for spec, in_shape in known]
    for got, (spec, in_shape) in zip(answers, known, strict=True):
        expect_findings(got, spec, in_shape)


TWICE = """
def twice(spec, in_shape):
    answers = [submission.analyse(spec, in_shape), submission.lint(spec, in_shape)]
    rows = [dict(row) for row in answers[0]]
    answers += [submission.analyse(spec, in_shape), submission.lint(spec, in_shape)]
    return rows, answers, spec
"""


@pytest.mark.points(0.25)
@pytest.mark.title("The list of layers stays as it was")
def test_purity(student):
    spec, in_shape = [conv("c", 4, 3), pool("p", 2, 2), {"name": "b", "type": "bn"}, fc("f", 5)], (1, 32, 32)
    rows, answers, after = student.run(TWICE, spec, in_shape)
    expect_rows(rows, spec, in_shape, KEYS)
    expect(after == spec, f"Afterwards the list of layers is {after!r}. Work on copies instead."[:400])
    expect(answers[:2] == answers[2:], f"Asked twice about the same network, the answers differ: {answers!r}")


def expect_rows(got, spec, in_shape, columns):
    """The rows are the layers', and equal the reference's in these columns."""
    rows = rows_of(got, len(spec))
    expected = accountant.analyse(spec, in_shape)
    shape = tuple(in_shape)
    for index, (row, right, layer) in enumerate(zip(rows, expected, spec, strict=True)):
        place = f"Row {index} ({right['name']}: {described(layer)} on {times(shape)})"
        for column in columns:
            value, wanted = row[column], right[column]
            if column == "out" and type(value) is list:
                value = tuple(value)
            evidence = {"call": show(spec, in_shape), "expected": str(wanted), "got": repr(value)[:80]}
            is_right = type(value) is type(wanted) and value == wanted
            told = f"{place}: {column} is {value!r}"[:300] + f"; {wanted!r} is expected.{ratio(value, wanted)}"
            expect(is_right, told, evidence)
        shape = right["out"]


def ratio(got, expected):
    """In words: that the type is wrong, or that one count is a multiple of the other."""
    if isinstance(expected, int) and type(got) is not int:
        return f" It is of type {type(got).__name__}; counts are of type int."
    if not isinstance(expected, int) or not 0 < min(got, expected):
        return ""
    if got > expected and got % expected == 0:
        return f" That is {got // expected:,} times as many."
    if got < expected and expected % got == 0:
        return f" The right count is {expected // got:,} times as large."
    return ""


def rows_of(got, count):
    """The answer as a list of so many rows with the four keys."""
    expect(got is not None, "analyse gives None. Is a return missing?")
    expect(isinstance(got, list), f"analyse gives a {type(got).__name__}; a list of rows is expected.")
    expect(
        len(got) == count, f"analyse gives {len(got)} rows for {count} layers: each layer has one, whatever it costs."
    )
    for index, row in enumerate(got):
        expect(isinstance(row, dict), f"Row {index} is a {type(row).__name__}; a dictionary is expected.")
        told = f"Row {index} has the keys {', '.join(map(repr, row))}; 'name', 'out', 'params' and 'macs' are expected."
        expect(set(row) == set(KEYS), told[:300])
    return got


def expect_findings(got, spec, in_shape):
    """The findings equal the reference's, in order."""
    expect(got is not None, "lint gives None. Is a return missing?")
    expect(isinstance(got, list), f"lint gives a {type(got).__name__}; a list of tuples (index, rule) is expected.")
    right = accountant.lint(spec, in_shape)
    found = [tuple(finding) if isinstance(finding, list) else finding for finding in got]
    evidence = {"call": show(spec, in_shape, "lint"), "expected": repr(right), "got": repr(found)[:200]}
    for finding in right:
        told = f"{finding!r} is missing: {about(*finding, spec, in_shape)}."
        expect(finding in found, told, evidence)
    for finding in found:
        told = f"{finding!r} is no finding: a tuple (index of a layer, rule) is."
        expect(is_finding(finding, len(spec)), told[:300], evidence)
        told = f"{finding!r} is reported and should not be: {about(*finding, spec, in_shape)}."
        expect(finding in right, told, evidence)
    expect(found == right, f"The findings are {found}; in order, and each once, they are {right}."[:400], evidence)


def is_finding(value, layers):
    """Whether that is a tuple of an index in the network, or -1, and a rule."""
    match value:
        case (int(index), str(rule)):
            return -1 <= index < layers and rule in RULES
    return False


def about(index, rule, spec, in_shape):
    """What a rule says of a layer, in words."""
    if rule == "R1" or index < 0:
        return f"R1 is about the input, here {times(in_shape[1:])}, whose index is -1; it says that {RULES['R1']}"
    shapes = [tuple(in_shape), *(row["out"] for row in accountant.analyse(spec, in_shape))]
    layer = spec[index]
    place = f"layer {index} ({described(layer)}) leads from {times(shapes[index])} to {times(shapes[index + 1])}"
    return f"{place}, and {rule} says that {RULES[rule]}"


def described(layer):
    """conv 5×5, out 16, groups 2."""
    if layer["type"] not in ("conv", "pool"):
        return f"{layer['type']} {layer.get('out', '')}".strip()
    kernel = layer["kernel"] if isinstance(layer["kernel"], tuple) else (layer["kernel"],) * 2
    kind = f"{layer['kind']} pool" if layer["type"] == "pool" else "conv"
    settings = [f"{name} {layer[name]}" for name in ("out", "stride", "pad", "groups") if name in layer]
    return ", ".join([f"{kind} {times(kernel)}", *settings])


def show(spec, in_shape, function="analyse"):
    """The call with the network as one would write it."""
    network = repr(spec) if len(spec) <= 6 else f"a network of {len(spec)} layers"
    return f"{function}({network}, {in_shape!r})"


def times(shape):
    """6×28×28."""
    return "×".join(map(str, shape))


def told_of(got):
    """An answer in few characters."""
    return repr(got)[:120]


def answer(call):
    """What a call gave, or ValueError where it raised one. Another error is the check's failure."""
    try:
        return call()
    except StudentRaised as fault:
        if fault.kind == "ValueError":
            return ValueError
        if fault.kind in ("AssertionError", "IndexError", "KeyError", "ZeroDivisionError", "Exception"):
            raise CheckFailed(
                f"Your code raised {fault}; a ValueError is expected where a network cannot be built."
            ) from None
        raise
