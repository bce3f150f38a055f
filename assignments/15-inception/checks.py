"""Checks of GoogLeNet: the inception module, the auxiliary head and the loss by themselves, then the whole network."""

from __future__ import annotations

import pytest
import torch
from hypothesis import strategies as st
from torch.nn import functional as F

from grader.authoring import expect, expect_close, for_all, in_case, seed_of
from grader.authoring.networks import (
    blank,
    build,
    called,
    drawn,
    expect_count,
    expect_gradients,
    expect_mult_adds,
    expect_same_outputs,
    running,
    running_of,
    tensors,
    tensors_of,
    times,
)
from reference.models.googlenet import INCEPTIONS, AuxHead, GoogLeNet, Inception, total_loss

from . import inside
from .expectations import (
    SMALL,
    expect_branches,
    expect_left_out,
    expect_right_parts,
    expect_same_head,
    expect_same_inception,
    expect_stages,
    told_shapes,
    whole,
    without_dropout,
)
from .experiment import expect_depths, geometric_means, show_depths

OUTPUTS = ("the logits", "aux1", "aux2")
NAMES = ("c_in", "c1", "c3r", "c3", "c5r", "c5", "pool_proj")


@pytest.mark.points(0.5)
@pytest.mark.title("Inception: six convolutions, and four branches whose maps can be joined")
def test_branches(student, rng):
    widths, side = INCEPTIONS["inception3a"], (7, 10)
    ran, out, error = student.run(inside.BRANCHES, build(student, rng, "Inception", *widths), [widths[0], *side])
    expect_branches([tuple(row) for row in ran], widths, side)
    told = f"The four branches could not be joined: {error}"
    expect(out is not None, told)
    expect(tuple(out) == (2, 256, *side), f"The output is {times(out)}; {times((2, 256, *side))} is expected.")


@pytest.mark.points(0.5)
@pytest.mark.title("Inception 3a: 163 696 parameters and 128 049 152 multiply-accumulates at 28×28")
def test_cost(student, rng):
    widths = INCEPTIONS["inception3a"]
    net, right = build(student, rng, "Inception", *widths), Inception(*widths)
    expect_count(tensors(student, net), tensors_of(right), "Module 3a")
    expect_mult_adds(running(student, net, (192, 28, 28)), running_of(right, (192, 28, 28)), "Module 3a")


@pytest.mark.points(1.25)
@pytest.mark.title("Inception: the same weights, the same maps, in the paper's order")
def test_inception(student, rng):
    net, x = expect_same_inception(student, rng, SMALL, (3, SMALL[0], 6, 9))
    expect_gradients(student, net, x, torch.from_numpy(rng.integers(24, size=(3, 6, 9))))


@pytest.mark.points(0.25)
@pytest.mark.title("Inception: any widths on any map; the smallest that differs is shown")
def test_any_inception(student, rng):
    def holds(widths, height, width):
        module = called("Inception", **dict(zip(NAMES, widths, strict=True)))
        with in_case(f"{module} on {height}×{width}:"):
            expect_same_inception(student, rng, widths, (2, widths[0], height, width))

    few = st.integers(1, 4)
    for_all(holds, rng, st.tuples(*[few] * 7), st.integers(1, 6), st.integers(1, 6), examples=6)


@pytest.mark.points(0.25)
@pytest.mark.title("Auxiliary head: 3 188 840 parameters and 4 169 728 multiply-accumulates for 512 maps of 14×14")
def test_head_cost(student, rng):
    net, right, shape = build(student, rng, "AuxHead", 512, is_blank=True), blank(AuxHead, 512), (512, 14, 14)
    expect_count(tensors(student, net), tensors_of(right), "The head")
    expect_mult_adds(running(student, net, shape), running_of(right, shape), "The head")


@pytest.mark.points(0.75)
@pytest.mark.title("Auxiliary head: the same weights, the same logits on 14×14 maps")
def test_head(student, rng):
    head, x = expect_same_head(student, rng, (2, 24, 14, 14))
    expect_gradients(student, head, x, torch.tensor([3, 7]))


@pytest.mark.points(0.25)
@pytest.mark.title("Auxiliary head: maps of another size are averaged to 4×4 as well")
def test_head_on_other_maps(student, rng):
    for side in ((6, 9), (8, 8)):
        expect_same_head(student, rng, (2, 24, *side))


@pytest.mark.points(0.5)
@pytest.mark.title("Auxiliary head: training leaves out 70% of the hidden features, evaluation none")
def test_head_dropout(student, rng):
    expect_left_out(student, rng, build(student, rng, "AuxHead", 8, 1024, is_blank=True), (8, 14, 14), 0.7)


@pytest.mark.points(0.75)
@pytest.mark.title("total_loss: the logits' cross-entropy, plus w times that of each head")
def test_loss(student, rng):
    outs, y = logits(rng, 3)
    expect_close(student.total_loss(outs, y), total_loss(outs, y), rtol=1e-9, what="the loss")
    for w in (0.3, 0.0, 1.5):
        expect_close(student.total_loss(outs, y, w=w), total_loss(outs, y, w), rtol=1e-9, what=f"the loss for w={w}")


@pytest.mark.points(0.25)
@pytest.mark.title("total_loss: a single tensor of logits, as a network in evaluation gives it")
def test_loss_of_logits_alone(student, rng):
    (out,), y = logits(rng, 1)
    expect_close(student.total_loss(out, y), total_loss(out, y), rtol=1e-9, what="the loss")


@pytest.mark.points(0.25)
@pytest.mark.title("total_loss: its gradient reaches the logits and both heads")
def test_loss_gradient(student, rng):
    outs, y = logits(rng, 3)
    found = student.run(inside.LOSS_GRADIENT, outs, y, 0.3)
    expect(found is not None, "backward() has nothing to go back through: total_loss gives a number, not a tensor.")
    leaves = [out.clone().requires_grad_() for out in outs]
    expected = torch.autograd.grad(total_loss(leaves, y, 0.3), leaves)
    for name, own, right in zip(OUTPUTS, found, expected, strict=True):
        expect(own is not None, f"The loss has no gradient with respect to {name}.")
        expect_close(own, right, rtol=1e-9, what=f"the gradient with respect to {name}")


@pytest.mark.points(0.5)
@pytest.mark.title("GoogLeNet: 6 998 552 parameters, with its heads 13 378 280")
def test_count(student, rng):
    for aux in (False, True):
        net = build(student, rng, "GoogLeNet", aux=aux, is_blank=True)
        expect_count(tensors(student, net), tensors_of(blank(GoogLeNet, aux=aux)), f"GoogLeNet with aux={aux}")


@pytest.mark.points(1.0)
@pytest.mark.title("GoogLeNet in evaluation: the logits alone, the same for the same weights")
def test_evaluation(student, rng):
    expect_right_parts(student, rng, has_heads=False)
    net, right = whole(student, rng)
    expect_same_outputs(student, net, right, drawn(rng, 2, 3, 80, 80), modes=["evaluation"])


@pytest.mark.points(0.75)
@pytest.mark.title("GoogLeNet in training: (logits, aux1, aux2), the same for the same weights")
def test_training(student, rng):
    expect_right_parts(student, rng, has_heads=True)
    net, right = whole(student, rng)
    expect_same_outputs(student, net, right, drawn(rng, 2, 3, 80, 80), modes=["training"])


@pytest.mark.points(0.5)
@pytest.mark.title("GoogLeNet: each output's loss reaches the first convolution")
def test_gradients_of_heads(student, rng):
    expect_right_parts(student, rng, has_heads=True)
    reached = student.run(inside.REACHED, build(student, rng, "GoogLeNet", 10, is_blank=True), drawn(rng, 1, 3, 80, 80))
    expect(len(reached) == 3, f"In training mode the network gives {len(reached)} outputs; 3 are expected.")
    for name, is_reached in zip(OUTPUTS, reached, strict=True):
        expect(is_reached, f"From {name} no way leads back to the first convolution: is something detached?")
    net, right = whole(student, rng)
    x, y = drawn(rng, 2, 3, 80, 80).double(), torch.tensor([3, 7])
    found = student.run(inside.FIRST_GRADIENTS, net, x, y)
    expect(found is not None, "In training mode the network does not give (logits, aux1, aux2), or its conv1 differs.")
    first = next(right.parameters())
    for name, own, out in zip(OUTPUTS, found, without_dropout(right)(x), strict=True):
        expect(own is not None, f"The loss of {name} does not reach the first convolution: is something detached?")
        (expected,) = torch.autograd.grad(F.cross_entropy(out, y), first, retain_graph=True)
        scale = 1e-6 * float(expected.abs().max())
        expect_close(own, expected, rtol=0.0, atol=scale, what=f"conv1's gradient from {name}")


@pytest.mark.points(0.25)
@pytest.mark.title("GoogLeNet: training leaves out 40% of the 1 024 averages before the last layer")
def test_dropout(student, rng):
    net = build(student, rng, "GoogLeNet", 1024, aux=False, is_blank=True)
    # Without heads there is a single output in training mode as well.
    expect_left_out(student, rng, net, (3, 64, 64), 0.4)


@pytest.mark.points(0.75)
@pytest.mark.undiagnosed
@pytest.mark.title("GoogLeNet at 224×224: the shapes on the way, and 1 582 671 872 multiply-accumulates")
def test_stages(student, rng):
    net, right = build(student, rng, "GoogLeNet", is_blank=True), blank(GoogLeNet, lrn=False)
    found, expected = running(student, net, (3, 224, 224)), running_of(right, (3, 224, 224))
    told = f"In evaluation mode the network gives {told_shapes(found.out)}; 1 × 1000 is expected."
    expect(found.out == expected.out, told)
    expect_stages(found.maps, expected.maps)
    expect_mult_adds(found, expected)


@pytest.mark.points(0.75)
@pytest.mark.undiagnosed
@pytest.mark.seconds(20)
@pytest.mark.title("The experiment: with the auxiliary losses conv1's gradient is at least ten times as large")
def test_experiment(student, rng):
    net, measured = build(student, rng, "GoogLeNet", is_blank=True), []
    for number in range(1, 4):
        y = torch.from_numpy(rng.integers(1000, size=1))
        norms = student.run(inside.DEPTHS, net, drawn(rng, 1, 3, 224, 224), y, seed_of(rng))
        expect_depths(norms)
        measured.append(norms)
        without, with_heads = geometric_means(measured)
        show_depths(student, without, with_heads, number)
    told = (
        f"At the start conv1's gradient has norm {without[0]:.1e} without the auxiliary losses and {with_heads[0]:.1e} "
        "with them; at least ten times as much is expected. Do the heads' losses flow back into the network?"
    )
    expect(with_heads[0] >= 10 * without[0] > 0, told)


def logits(rng, heads):
    """Outputs of a network for six images of five classes, and the classes."""
    outs = tuple(torch.from_numpy(rng.normal(size=(6, 5)) * 2) for _ in range(heads))
    return outs, torch.from_numpy(rng.integers(5, size=6))
