"""Checks of residual networks: the blocks alone, the networks of 18 to 152 layers, and what a shortcut does."""

from __future__ import annotations

import pytest
import torch

from grader.authoring import case, expect, expect_close, expect_equal, seed_of
from grader.authoring.networks import build, called, drawn, running, tensors_of
from grader.authoring.training import Training, accuracy, figures
from reference.models import resnet as reference

from . import inside
from .charts import LEAST_ACCURACY, LEAST_GRADIENT, gradient_chart, loss_chart
from .expectations import (
    BLOCKS,
    PROBED,
    blank_resnet,
    expect_block,
    expect_logits,
    expect_shapes,
    expect_stages,
    expect_structure,
    probe,
    version_of,
)

KEEPING = {"BasicBlock": (6, 6), "Bottleneck": (16, 4)}

# The experiments: blocks of 16 maps, the first of which reads a grey image. Each has two convolutions.
WIDTH = 16
GRADIENT_STRIDES = [2] + 13 * [1]
TRAINED_STRIDES = [2, 1, 1, 1, 1, 2, 1, 1, 1, 1]
RATIOS = (0.05, 3.0)


@pytest.mark.points(0.75)
@pytest.mark.title("BasicBlock: parameters, and the shape that comes out")
def test_basic_parameters(student, rng):
    for args in ((4, 4), (4, 6), (6, 6, 2), (64, 64), (64, 128, 2)):
        expect_structure(student, rng, "BasicBlock", args)


@pytest.mark.points(0.75)
@pytest.mark.title("Bottleneck: parameters, and the shape that comes out")
def test_bottleneck_parameters(student, rng):
    for args in ((16, 4), (8, 4), (16, 4, 2), (256, 64), (256, 128, 2)):
        expect_structure(student, rng, "Bottleneck", args)


@pytest.mark.parametrize(
    "name",
    [
        case(name.lower(), f"{name}: with all its parameters at 0 the block gives exactly ReLU(x)", 0.75, name)
        for name in BLOCKS
    ],
)
def test_zero_branch(student, rng, name):
    args = KEEPING[name]
    images = drawn(rng, 2, args[0], 5, 4)
    for training in (False, True):
        mode = "training" if training else "evaluation"
        got = student.run(inside.OF_ZEROS, name, args, images, training)
        expect_equal(got, images.relu(), what=f"the output in {mode} mode")


@pytest.mark.points(0.5)
@pytest.mark.title("A block leaves its input as it was")
def test_input_is_kept(student, rng):
    for name, args in KEEPING.items():
        images = drawn(rng, 2, args[0], 5, 4)
        for training in (False, True):
            _, given = student.run(inside.PROBE, name, args, images, training)
            told = (
                f"{name} changed its input: others still need it. Write x + ..., which makes a new tensor, not x += ..."
            )
            expect(torch.equal(given, images), told)


@pytest.mark.points(1)
@pytest.mark.title("BasicBlock: the same weights, the same output")
def test_basic_outputs(student, rng):
    for args in ((4, 4), (4, 6), (4, 8, 2), (6, 6, 2)):
        expect_block(student, rng, "BasicBlock", args, reference.BasicBlock(*args))


@pytest.mark.points(1)
@pytest.mark.title("Bottleneck: the same weights, the same output")
def test_bottleneck_outputs(student, rng):
    version = version_of(running(student, build(student, rng, "Bottleneck", 16, 4, 2), (16, 8, 8)))
    for args in ((16, 4), (8, 4), (8, 4, 2), (16, 4, 2)):
        expect_block(student, rng, "Bottleneck", args, reference.Bottleneck(*args, version=version))


@pytest.mark.points(0.25)
@pytest.mark.title("The gradient goes back through the branch and through the shortcut")
def test_gradient_of_input(student, rng):
    for name, args in (*KEEPING.items(), *PROBED.items()):
        right = BLOCKS[name](*args).eval()
        images = drawn(rng, 2, args[0], 5, 4).requires_grad_()
        with torch.no_grad():
            for number, parameter in enumerate(right.parameters(), 1):
                parameter.copy_(torch.cos(torch.arange(parameter.numel()) * number).view(parameter.shape))
        out = right(images)
        weights = drawn(rng, *out.shape)
        (out * weights).sum().backward()
        got = student.run(inside.BACKWARD, name, args, images.detach(), weights)
        scale = 1e-3 * float(images.grad.abs().max())
        what = f"the gradient that arrives at the input of {called(name, *args)}"
        expect_close(got, images.grad, rtol=0.0, atol=scale, what=what)


@pytest.mark.parametrize(
    "depths",
    [
        case(str(depths[-1]), f"{networks}: as many parameters as published", 0.25, depths)
        for depths, networks in (
            ((18, 34), "ResNet-18 and 34"),
            ((50,), "ResNet-50"),
            ((101,), "ResNet-101"),
            ((152,), "ResNet-152"),
        )
    ],
)
def test_parameters(student, rng, depths):
    probe(student, depths[0])
    for depth in depths:
        got = student.run(inside.SHAPES, depth)
        expect(got is not None, "resnet returns no nn.Module.")
        right = [shape for _, shape in tensors_of(blank_resnet(depth)).parameters]
        expect_shapes(depth, [tuple(shape) for shape in got], right)


@pytest.mark.points(0.5)
@pytest.mark.title("ResNet-18: the shapes of its stages, its mult-adds, another number of classes")
def test_basic_stages(student, rng):
    probe(student, 18)
    expect_stages(student, rng, 18)


@pytest.mark.parametrize(
    "depth",
    [case(str(depth), f"ResNet-{depth}: the shapes of its stages, its mult-adds", 0.25, depth) for depth in (50, 152)],
)
@pytest.mark.undiagnosed
def test_bottleneck_stages(student, rng, depth):
    expect_stages(student, rng, depth)


@pytest.mark.points(0.75)
@pytest.mark.title("ResNet-18: the same weights, the same logits")
def test_basic_logits(student, rng):
    probe(student, 18)
    expect_logits(student, rng, 18)


@pytest.mark.points(0.5)
@pytest.mark.undiagnosed
@pytest.mark.title("ResNet-50: the same weights, the same logits")
def test_bottleneck_logits(student, rng):
    expect_logits(student, rng, 50)


@pytest.mark.points(0.25)
@pytest.mark.undiagnosed
@pytest.mark.title("Experiment: the gradient arrives at the first of 28 convolutions")
def test_gradients(student, rng):
    images, labels = figures(rng, 64)
    seed = seed_of(rng)
    yours = student.run(inside.RESIDUAL, WIDTH, GRADIENT_STRIDES, seed)
    measured = {
        "yours": student.run(inside.GRADIENT_NORMS, yours, images, labels, True),
        "yours, batch norm switched off": student.run(inside.GRADIENT_NORMS, yours, images, labels, False),
    }
    for name, is_normalised in (("plain, with batch norm", True), ("plain, without batch norm", False)):
        plain = student.run(inside.PLAIN, WIDTH, GRADIENT_STRIDES, seed, is_normalised)
        measured[name] = student.run(inside.GRADIENT_NORMS, plain, images, labels, True)
    student.show(gradient_chart(measured))
    for name, norms in list(measured.items())[:2]:
        expect(len(norms) == 28, f"14 BasicBlocks have 28 kernels of 3 × 3; yours have {len(norms)}.")
        told = f"The gradient of the first convolution ({name}) has the norm {norms[0]:.1e}"
        expect(norms[0] >= LEAST_GRADIENT, f"{told}; {LEAST_GRADIENT:.0e} is expected, 2e-03 or more is usual.")
    ratio = measured["yours"][0] / measured["yours"][-1] if measured["yours"][-1] else 0.0
    told = f"The gradient's norm at the first convolution is {ratio:.2g} times that at the last"
    expect(RATIOS[0] <= ratio <= RATIOS[1], f"{told}; {RATIOS[0]} to {RATIOS[1]} is expected, 0.3 to 1.6 is usual.")


@pytest.mark.points(0.75)
@pytest.mark.undiagnosed
@pytest.mark.seconds(90)
@pytest.mark.title("Experiment: 20 convolutions learn in 3 epochs, plain and with your shortcuts")
def test_trains(student, rng):
    for args in ((4, 4), (4, 6, 2)):
        expect_block(student, rng, "BasicBlock", args, reference.BasicBlock(*args))
    (images, labels), (unseen, truth) = figures(rng, 2000), figures(rng, 1000)
    seed = seed_of(rng)
    nets = {
        "plain": student.run(inside.PLAIN, WIDTH, TRAINED_STRIDES, seed, True),
        "yours": student.run(inside.RESIDUAL, WIDTH, TRAINED_STRIDES, seed),
    }
    runs = {name: Training(student, net, images, labels, rng, rate=1e-3, batch=32) for name, net in nets.items()}
    for training in runs.values():
        for _ in training.epochs(3):
            student.show(loss_chart(runs, {}))
    named = {name: accuracy(student, net, unseen, truth) for name, net in nets.items()}
    student.show(loss_chart(runs, named))
    told = f"After 3 epochs your network names {named['yours']:.1%} of 1 000 new figures, the plain one"
    expect(named["yours"] >= LEAST_ACCURACY, f"{told} {named['plain']:.1%}; {LEAST_ACCURACY:.0%} is expected.")
