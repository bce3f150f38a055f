"""Checks of GoogLeNet: the inception module, the auxiliary head and the loss by themselves, then the whole network."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from hypothesis import strategies as st
from torch.nn import functional as F

from grader.authoring import Chart, CheckFailed, Curve, expect, expect_close, expect_shape, for_all
from grader.authoring.networks import (
    blank,
    build,
    expect_count,
    expect_gradients,
    expect_mult_adds,
    expect_same_outputs,
    running,
    running_of,
    tensors,
    tensors_of,
    times,
    write_weights,
)
from reference.models.googlenet import INCEPTIONS, AuxHead, GoogLeNet, Inception, total_loss

# As in the sandbox: replayed on the sample solutions, a check then rounds as it did for the student.
torch.set_num_threads(1)

OUTPUTS = ("the logits", "aux1", "aux2")
NAMES = ("c_in", "c1", "c3r", "c3", "c5r", "c5", "pool_proj")
SMALL = (5, 3, 2, 7, 4, 6, 8)
"""Widths of a small inception module: no two are equal, so that no branch passes for another."""

# These functions run in the sandbox, beside the submission.
BRANCHES = """
def branches(net, shape):
    from torch.utils._python_dispatch import TorchDispatchMode

    ran = []

    class Watch(TorchDispatchMode):
        @classmethod
        def _should_skip_dynamo(cls):
            return False  # else torch imports its compiler, which takes longer than all the rest

        def __torch_dispatch__(self, function, types, args=(), kwargs=None):
            out = function(*args, **(kwargs or {}))
            if function.__name__.startswith("convolution"):
                weight = args[1]
                ran.append([weight.shape[1], weight.shape[0], weight.shape[2], *out.shape[2:]])
            return out

    out, error = None, ""
    with torch.no_grad(), Watch():
        try:
            out = list(net(torch.zeros(2, *shape)).shape)
        except RuntimeError as raised:
            error = str(raised).partition(chr(10))[0]
    return sorted(ran), out, error
"""

LOSS_GRADIENT = """
def loss_gradient(outs, y, w):
    outs = [out.clone().requires_grad_() for out in outs]
    loss = submission.total_loss(tuple(outs), y, w)
    if not isinstance(loss, torch.Tensor) or not loss.requires_grad:
        return None
    return torch.autograd.grad(loss, outs, allow_unused=True)
"""

# Backwards from each output to what it was computed from: is the first convolution's weight among it?
REACHED = """
def reached(net, images):
    outs = net.train()(images)
    outs = outs if isinstance(outs, (tuple, list)) else [outs]
    first = {id(p) for p in net.parameters() if p.shape == (64, 3, 7, 7)}
    found = []
    for out in outs:
        waiting, seen = [out.grad_fn], set()
        while waiting:
            step = waiting.pop()
            if step is not None and step not in seen:
                seen.add(step)
                waiting += [before for before, _ in step.next_functions]
        found.append(any(id(getattr(step, "variable", None)) in first for step in seen))
    return found
"""

# In float64: where rounding makes a ReLU or a maximum fall the other way, gradients jump, other than outputs.
FIRST_GRADIENTS = """
def first_gradients(net, images, labels):
    net.double().train()
    for module in net.modules():
        if isinstance(module, nn.modules.dropout._DropoutNd):
            module.p = 0.0
    first = [p for p in net.parameters() if p.shape == (64, 3, 7, 7)]
    outs = net(images)
    if len(first) != 1 or not isinstance(outs, (tuple, list)):
        return None
    found = []
    for out in outs:
        loss = F.cross_entropy(out, labels)
        found += torch.autograd.grad(loss, first, retain_graph=True, allow_unused=True) if loss.requires_grad else [None]
    return found
"""

# Every hidden unit before the last layer is 1, and the last layer copies each to an output of its own, plus 1.
LEFT_OUT = """
def left_out(net, shape, training, seed):
    with torch.no_grad():
        for p in net.parameters():
            p.fill_(1.0 if p.dim() == 1 else 0.0)
            if p.shape == (1024, 1024):
                p.copy_(torch.eye(1024))
        torch.manual_seed(seed)
        return net.train(training)(torch.ones(2, *shape))
"""

DEPTHS = """
def depths(net, images, labels, seed):
    torch.manual_seed(seed)
    net.train()
    ran, hooks = [], []
    for module in net.modules():
        if isinstance(module, (nn.Conv2d, nn.Linear)):
            module.reset_parameters()
        if isinstance(module, nn.Conv2d) and tuple(module.kernel_size) in ((7, 7), (3, 3)):
            hooks.append(module.register_forward_hook(lambda module, inputs, out: ran.append(module)))
    outs = net(images)
    for hook in hooks:
        hook.remove()
    norms = []
    for loss in (submission.total_loss(outs[0], labels), submission.total_loss(outs, labels)):
        net.zero_grad()
        loss.backward(retain_graph=True)
        norms.append([0.0 if conv.weight.grad is None else float(conv.weight.grad.norm()) for conv in ran])
    return norms
"""


@pytest.mark.points(0.5)
@pytest.mark.title("Inception: six convolutions, and four branches whose maps can be joined")
def test_branches(student, rng):
    widths, side = INCEPTIONS["inception3a"], (7, 10)
    ran, out, error = student.run(BRANCHES, build(student, rng, "Inception", *widths), [widths[0], *side])
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
        try:
            expect_same_inception(student, rng, widths, (2, widths[0], height, width))
        except CheckFailed as failed:
            given = ", ".join(f"{name}={value}" for name, value in zip(NAMES, widths, strict=True))
            raise CheckFailed(f"Inception({given}) on {height}×{width}: {failed.message}", failed.evidence) from None

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
    found = student.run(LOSS_GRADIENT, outs, y, 0.3)
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
    expect_same_outputs(student, net, right, images(rng, 2, 80), modes=["evaluation"])


@pytest.mark.points(0.75)
@pytest.mark.title("GoogLeNet in training: (logits, aux1, aux2), the same for the same weights")
def test_training(student, rng):
    expect_right_parts(student, rng, has_heads=True)
    net, right = whole(student, rng)
    expect_same_outputs(student, net, right, images(rng, 2, 80), modes=["training"])


@pytest.mark.points(0.5)
@pytest.mark.title("GoogLeNet: each output's loss reaches the first convolution")
def test_gradients_of_heads(student, rng):
    expect_right_parts(student, rng, has_heads=True)
    reached = student.run(REACHED, build(student, rng, "GoogLeNet", 10, is_blank=True), images(rng, 1, 80))
    expect(len(reached) == 3, f"In training mode the network gives {len(reached)} outputs; 3 are expected.")
    for name, is_reached in zip(OUTPUTS, reached, strict=True):
        expect(is_reached, f"From {name} no way leads back to the first convolution: is something detached?")
    net, right = whole(student, rng)
    x, y = images(rng, 2, 80).double(), torch.tensor([3, 7])
    found = student.run(FIRST_GRADIENTS, net, x, y)
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
        norms = student.run(DEPTHS, net, images(rng, 1, 224), y, int(rng.integers(2**31)))
        expect_depths(norms)
        measured.append(norms)
        without, with_heads = geometric_means(measured)
        show_depths(student, without, with_heads, number)
    told = (
        f"At the start conv1's gradient has norm {without[0]:.1e} without the auxiliary losses and {with_heads[0]:.1e} "
        "with them; at least ten times as much is expected. Do the heads' losses flow back into the network?"
    )
    expect(with_heads[0] >= 10 * without[0] > 0, told)


def expect_branches(ran, widths, side):
    """The six convolutions ran, each from and to its channels, and all leave maps of the input's size."""
    c_in, c1, c3r, c3, c5r, c5, pool_proj = widths
    one = [(c_in, each, 1) for each in (c1, c3r, c5r, pool_proj)]
    expected = sorted([*one, (c3r, c3, 3), (c5r, c5, 5)])
    own = [row[:3] for row in ran]
    listed = "; ".join(described(*row) for row in own) or "none"
    for conv in expected:
        expect(conv in own, f"A convolution {described(*conv)} is missing. Those that ran: {listed}.")
    for c_from, c_to, kernel, *maps in ran:
        told = f"The convolution {described(c_from, c_to, kernel)} gives maps of {times(maps)}"
        expect(tuple(maps) == side, f"{told}; {times(side)} is expected, as the input has.")
    expect(own == expected, f"Six convolutions are expected. Those that ran: {listed}.")


def described(c_from, c_to, kernel):
    """5×5, 16 to 32 channels."""
    return f"{kernel}×{kernel} from {c_from} to {c_to} channels"


def expect_same_inception(student, rng, widths, shape):
    """With the same weights the student's module gives the reference's maps. Returns the module and its input."""
    net, right = build(student, rng, "Inception", *widths), Inception(*widths).double()
    write_weights(student, rng, net, right, in_any_order=True)
    x = torch.from_numpy(rng.normal(size=shape)).float()
    expect_same_outputs(student, net, right, x, modes=["evaluation"], what="the module's output")
    return net, x


def expect_same_head(student, rng, shape):
    """With the same weights the student's head gives the reference's logits. Returns the head and its input."""
    net, right = build(student, rng, "AuxHead", shape[1], 10, is_blank=True), blank(AuxHead, shape[1], 10).double()
    write_weights(student, rng, net, right, in_any_order=True)
    x = torch.from_numpy(rng.normal(size=shape)).float()
    expect_same_outputs(student, net, right, x, what=f"the head's logits of maps {shape[2]}×{shape[3]}")
    return net, x


def expect_left_out(student, rng, net, shape, share):
    """The share of features that dropout leaves out, in 2 048 draws."""
    for training, expected in ((False, 0.0), (True, share)):
        out = student.run(LEFT_OUT, net, list(shape), training, int(rng.integers(2**31)))
        expect_shape(out, (2, 1024), what="the logits")
        found = float((out < 1.5).double().mean())
        mode = "training" if training else "evaluation"
        told = f"In {mode} mode {found:.0%} of the features before the last layer are left out; {expected:.0%} is expected."
        expect(abs(found - expected) <= 0.06, told)


def expect_right_parts(student, rng, *, has_heads):
    """The parts are right by themselves. An error in them is no error of the network, and sooner found."""
    expect_same_inception(student, rng, SMALL, (1, SMALL[0], 4, 5))
    if has_heads:
        expect_same_head(student, rng, (1, 8, 14, 14))


def whole(student, rng):
    """The student's GoogLeNet and ours with the same weights. Branches and heads may be registered in any order."""
    net, right = build(student, rng, "GoogLeNet", 10, is_blank=True), blank(GoogLeNet, 10, lrn=False).double()
    write_weights(student, rng, net, right, in_any_order=True)
    return net, right


def without_dropout(net):
    """Our network in training mode, with dropout that leaves nothing out."""
    for module in net.modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = 0.0
    return net.train()


def images(rng, count, side):
    """Noise as images, zero-mean."""
    return torch.from_numpy(rng.normal(size=(count, 3, side, side))).float()


def logits(rng, heads):
    """Outputs of a network for six images of five classes, and the classes."""
    outs = tuple(torch.from_numpy(rng.normal(size=(6, 5)) * 2) for _ in range(heads))
    return outs, torch.from_numpy(rng.integers(5, size=6))


def expect_stages(own, ours):
    """Both networks have maps of the same shapes on the way; branches and stages may run in another order."""
    own, ours = ([shape for shape in dict.fromkeys(maps) if shape[1] > 1] for maps in (own, ours))
    missing = [times(shape) for shape in ours if shape not in own]
    others = [times(shape) for shape in own if shape not in ours]
    told = f"No convolution or pooling gives maps of {' or '.join(missing[:3])}."
    expect(not missing, f"{told} Those that give others: {', '.join(others[:3]) or 'none'}.")
    expect(not others, f"A convolution or pooling gives maps of {', '.join(others[:3])}; none in GoogLeNet does.")


def told_shapes(shapes):
    """2 × 1000 and 2 × 1000."""
    return " and ".join(times(shape) for shape in shapes)


def expect_depths(norms):
    """Both lists hold the norms of the eleven convolutions that lie behind one another."""
    found = len(norms[0])
    told = f"{found} convolutions 7×7 and 3×3 ran as nn.Conv2d; 11 are expected: conv1, conv2 and one in each module."
    expect(found == 11, told)
    finite = all(math.isfinite(value) for row in norms for value in row)
    expect(finite, "A gradient is not finite.")


def geometric_means(measured):
    """The mean of the logarithms over the networks: (2, 11)."""
    with np.errstate(divide="ignore"):
        return np.exp(np.log(np.array(measured)).mean(axis=0))


def show_depths(student, without, with_heads, networks):
    """Draw the gradient's norm against depth."""
    curves = (Curve.of("without auxiliary losses", without), Curve.of("with both, weight 0.3", with_heads))
    chart = Chart(
        title="The gradient's norm in the first step of training",
        x_label="convolution: 1 is conv1 (7×7), 2 is conv2 (3×3), 3 to 11 are the 3×3 of modules 3a to 5b",
        y_label="norm of the weight's gradient",
        curves=curves,
        limit=10 * float(without[0]),
        is_log=True,
        note=f"conv1: {without[0]:.1e} without, {with_heads[0]:.1e} with auxiliary losses ({networks} of 3 networks). "
        "The line is ten times the first: the check asks that conv1 is above it.",
    )
    student.show(chart)
