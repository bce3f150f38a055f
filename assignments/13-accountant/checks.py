"""Checks of the accountant: shapes, parameters and multiply-accumulates layer by layer, and the rules of sizing."""

from __future__ import annotations

import pytest
from hypothesis import strategies as st

from grader.authoring import case, expect, for_all
from reference import networks
from reference.networks import conv, fc, pool

from .expectations import KEYS, RULES, answer, expect_findings, expect_rows, rows_of, show, told_of
from .networks import CASES, small_networks


def book(network, column, title, points):
    """One column of a known network's books: one check."""
    return case(f"{network.__name__}-{column}", title, points, network, column)


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


@pytest.mark.parametrize("rule", [case(rule, f"{rule}: {advice}", 0.5, rule) for rule, advice in RULES.items()])
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
