"""Checks of MobileNet's and DenseNet's blocks, of both networks, and of a small network of the student's own."""

from __future__ import annotations

import pytest
import torch

from grader.authoring import Chart, Curve, expect, expect_close, expect_shape
from grader.authoring.networks import (
    build,
    called,
    drawn,
    expect_count,
    expect_gradients,
    expect_maps,
    expect_mult_adds,
    expect_same_outputs,
    predict,
    running,
    running_of,
    tensors,
    tensors_of,
    times,
    write_weights,
)
from grader.authoring.training import Training, accuracy, figures
from reference.models.densenet import DenseBlock, Transition, densenet
from reference.models.mobilenet import DepthwiseSeparable, mobilenet_v1

from . import inside
from .expectations import BUDGET, expect_like, expect_out, expect_same, expect_small, input_gradient

SMALL = {"blocks": (2, 3, 1), "growth": 8, "num_classes": 5}
EPOCHS = 5
ASKED = 0.93


@pytest.mark.points(0.75)
@pytest.mark.title("Separable block, 32 to 64 maps: 2 336 weights where a full convolution has 18 432")
def test_separable_parameters(student, rng):
    for c_in, c_out in ((32, 64), (12, 6)):
        found = tensors(student, build(student, rng, "DepthwiseSeparable", c_in, c_out))
        expected = tensors_of(DepthwiseSeparable(c_in, c_out))
        expect_count(found, expected, called("DepthwiseSeparable", c_in, c_out))


@pytest.mark.points(0.5)
@pytest.mark.title("Separable block: the maps' sizes and the mult-adds, with stride 1 and 2")
def test_separable_sizes(student, rng):
    for stride, shape in ((1, (6, 7, 10)), (2, (6, 12, 8)), (2, (6, 9, 7))):
        found = running(student, build(student, rng, "DepthwiseSeparable", 6, 10, stride), shape)
        expected = running_of(DepthwiseSeparable(6, 10, stride), shape)
        what = f"DepthwiseSeparable(6, 10, {stride}) on {times(shape)}"
        expect_out(found, expected, what)
        expect_maps(found, expected)
        expect_mult_adds(found, expected, what)


@pytest.mark.points(1.0)
@pytest.mark.title("Separable block: the same weights, the same maps")
def test_separable_behaviour(student, rng):
    for c_in, c_out, stride in ((5, 8, 1), (5, 3, 2), (4, 4, 1)):
        net = build(student, rng, "DepthwiseSeparable", c_in, c_out, stride)
        right = DepthwiseSeparable(c_in, c_out, stride)
        write_weights(student, rng, net, right.double(), in_any_order=True)
        modes, images = ("evaluation", "training", "evaluation"), drawn(rng, 3, c_in, 9, 6)
        expect_same_outputs(student, net, right, images, modes=modes, what="the maps")
        expect_same_outputs(student, net, right, 50 * images, modes=modes[:1], what="the maps of large numbers")


@pytest.mark.points(0.5)
@pytest.mark.title("MobileNet of a quarter's width and of a half: parameters, shapes, mult-adds")
def test_mobilenet_width(student, rng):
    for alpha in (0.25, 0.5):
        expect_like(student, rng, "mobilenet_v1", mobilenet_v1, (3, 64, 64), alpha=alpha)


@pytest.mark.points(0.25)
@pytest.mark.title("Its twin with full convolutions, a quarter as wide")
def test_mobilenet_full(student, rng):
    expect_like(student, rng, "mobilenet_v1", mobilenet_v1, (3, 64, 64), full=True, alpha=0.25)


@pytest.mark.points(0.75)
@pytest.mark.title("MobileNet and its twin, a quarter as wide: the same weights, the same logits of seven classes")
def test_mobilenet_behaviour(student, rng):
    for full in (False, True):
        settings = {"full": full, "alpha": 0.25, "num_classes": 7}
        expect_same(student, rng, "mobilenet_v1", mobilenet_v1, drawn(rng, 4, 3, 64, 96), **settings)


@pytest.mark.points(0.25)
@pytest.mark.title("MobileNet: the gradient reaches every parameter")
def test_mobilenet_gradients(student, rng):
    net = build(student, rng, "mobilenet_v1", alpha=0.25, num_classes=10)
    expect_gradients(student, net, drawn(rng, 8, 3, 64, 64), labels(rng, 8))


@pytest.mark.points(0.5)
@pytest.mark.undiagnosed
@pytest.mark.seconds(20)
@pytest.mark.title("MobileNet as published, 4 231 976 parameters and 568 740 352 mult-adds, and its twin")
def test_mobilenet_published(student, rng):
    expect_like(student, rng, "mobilenet_v1", mobilenet_v1, (3, 32, 32), alpha=0.25)
    for full in (False, True):
        expect_like(student, rng, "mobilenet_v1", mobilenet_v1, (3, 224, 224), full=full)


@pytest.mark.points(0.5)
@pytest.mark.title("Dense block: the first layer on 64 maps has 45 440 parameters, the sixth 66 560")
def test_dense_parameters(student, rng):
    for c_in, n, growth in ((64, 1, 32), (64, 6, 32), (10, 3, 4)):
        found = tensors(student, build(student, rng, "DenseBlock", c_in, n, growth=growth))
        expect_count(found, tensors_of(DenseBlock(c_in, n, growth)), called("DenseBlock", c_in, n, growth=growth))


@pytest.mark.points(0.5)
@pytest.mark.title("Dense block: each layer adds its maps, 64 become 64 + 6 · 32 = 256")
def test_dense_sizes(student, rng):
    for c_in, n, growth, side in ((64, 6, 32, 4), (10, 3, 4, 7)):
        net, shape = build(student, rng, "DenseBlock", c_in, n, growth=growth), (c_in, side, side + 2)
        found, expected = running(student, net, shape), running_of(DenseBlock(c_in, n, growth), shape)
        what = f"{called('DenseBlock', c_in, n, growth=growth)} on {times(shape)}"
        expect_out(found, expected, what)
        expect_mult_adds(found, expected, what)


@pytest.mark.points(0.75)
@pytest.mark.title("Dense block: the same weights, the same maps in the same order")
def test_dense_behaviour(student, rng):
    for c_in, n, growth in ((5, 1, 3), (6, 4, 3)):
        net, right = build(student, rng, "DenseBlock", c_in, n, growth=growth), DenseBlock(c_in, n, growth)
        write_weights(student, rng, net, right.double(), in_any_order=True)
        expect_same_outputs(student, net, right, drawn(rng, 3, c_in, 6, 5), what="the maps")


@pytest.mark.points(0.25)
@pytest.mark.title("Dense block: the gradient flows back through every layer, to the input")
def test_dense_gradient(student, rng):
    net, right = build(student, rng, "DenseBlock", 6, 3, growth=4), DenseBlock(6, 3, 4)
    write_weights(student, rng, net, right.double(), in_any_order=True)
    images, weights = drawn(rng, 3, 6, 5, 4), drawn(rng, 3, 18, 5, 4)
    got = student.run(inside.INPUT_GRADIENT, net, images, weights)
    expect(got is not None, "No gradient reaches the block's input.")
    expected = input_gradient(right, images.double(), weights.double())
    limit = 1e-3 * float(expected.abs().max())
    expect_close(got, expected, rtol=0.0, atol=limit, what="the gradient with respect to the input")


@pytest.mark.points(0.5)
@pytest.mark.title("Transition: half the maps at half the size, the same weights and the same maps")
def test_transition(student, rng):
    for c_in, shape in ((8, (8, 6, 4)), (14, (14, 7, 9))):
        net, right = build(student, rng, "Transition", c_in), Transition(c_in)
        expect_count(tensors(student, net), tensors_of(right), f"Transition({c_in})")
        found, expected = running(student, net, shape), running_of(right, shape)
        expect_out(found, expected, f"Transition({c_in}) on {times(shape)}")
        write_weights(student, rng, net, right.double(), in_any_order=True)
        expect_same_outputs(student, net, right, drawn(rng, 3, *shape), what="the maps")
        expect_mult_adds(found, expected, f"Transition({c_in}) on {times(shape)}")


@pytest.mark.points(0.5)
@pytest.mark.title("A small DenseNet: parameters, shapes, mult-adds, the same weights and the same logits")
def test_densenet_small(student, rng):
    expect_like(student, rng, "densenet", densenet, (3, 64, 64), **SMALL)
    expect_same(student, rng, "densenet", densenet, drawn(rng, 4, 3, 64, 96), **SMALL)


@pytest.mark.points(0.5)
@pytest.mark.undiagnosed
@pytest.mark.seconds(20)
@pytest.mark.title("DenseNet-121: 7 978 856 parameters, 2 834 161 664 mult-adds, the gradient reaches every one")
def test_densenet_published(student, rng):
    expect_like(student, rng, "densenet", densenet, (3, 64, 64), **SMALL)
    expect_like(student, rng, "densenet", densenet, (3, 224, 224))
    net = build(student, rng, "densenet", num_classes=10)
    expect_gradients(student, net, drawn(rng, 4, 3, 64, 64), labels(rng, 4))


@pytest.mark.points(0.5)
@pytest.mark.title("Counting parameters: what training may change, without frozen ones and without buffers")
def test_count(student, rng):
    first, second, third = (int(number) for number in rng.permutation([5, 8, 11]))
    net = student.run(inside.MIXED, [first, second, third])
    trainable = 27 * first + 2 * first + 2 * second + third * second + third
    count = student.count_parameters(net)
    expect_shape(count, (), what="the count")
    told = f"In a network of {net_text(first, second, third)} you count {count}; training may change {trainable}."
    expect(count == trainable, told)


@pytest.mark.points(0.5)
@pytest.mark.title("Your small network: at most 5 000 parameters, in separable convolutions, and logits")
def test_small_net(student, rng):
    for classes in (7, 10):
        net = build(student, rng, "small_net", classes)
        expect_small(student, net)
        logits = predict(student, net, 100 * drawn(rng, 6, 1, 32, 32))
        expect_shape(logits, (6, classes), what="the logits of six images")
        is_softmax = bool((logits >= 0).all()) and bool((abs(logits.sum(1) - 1) < 1e-4).all())
        expect(not is_softmax, "The outputs are probabilities. Return logits: the cross-entropy contains the softmax.")


@pytest.mark.points(1.0)
@pytest.mark.undiagnosed
@pytest.mark.seconds(90)
@pytest.mark.title("Your small network, trained on 4 000 figures, names at least 93% of 1 000 new ones")
def test_small_net_learns(student, rng):
    net = build(student, rng, "small_net")
    count = expect_small(student, net)
    images, classes = figures(rng, 4000)
    training = Training(student, net, images, classes, rng, rate=5e-3)
    for _ in training.epochs(EPOCHS):
        note = f"{count:,} parameters, after epoch {len(training.losses)} of {EPOCHS}."
        student.show(loss_chart(training.losses, note))
    reached = accuracy(student, net, *figures(rng, 1000))
    student.show(loss_chart(training.losses, f"{count:,} parameters; {reached:.1%} of 1 000 new figures are named."))
    told = f"After {EPOCHS} epochs the network names {reached:.1%} of 1 000 new figures; {ASKED:.0%} is expected."
    is_narrow = count <= BUDGET / 4
    used = f" It has {count:,} of the {BUDGET:,} parameters that it may have." if is_narrow else ""
    expect(reached >= ASKED, told + used, lesson="small_learns_too_little" if is_narrow else "")


def loss_chart(losses, note):
    """The loss of each epoch so far."""
    curve = Curve.of("training loss", losses)
    return Chart("small_net learns", "epoch", "mean cross-entropy", (curve,), is_log=True, note=note)


def net_text(first, second, third):
    """The network of `MIXED` in words."""
    return f"conv 3→{first}, batch norm, frozen conv {first}→{second}, batch norm, linear {second}→{third}"


def labels(rng, n):
    """Random classes of ten."""
    return torch.from_numpy(rng.integers(10, size=n))
