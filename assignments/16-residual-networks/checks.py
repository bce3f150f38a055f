"""Checks of residual networks: the blocks alone, the networks of 18 to 152 layers, and what a shortcut does."""

from __future__ import annotations

from collections import Counter

import pytest
import torch

from grader.authoring import Chart, Curve, expect, expect_close, expect_equal
from grader.authoring.networks import (
    blank,
    build,
    expect_count,
    expect_maps,
    expect_mult_adds,
    expect_same_outputs,
    running,
    running_of,
    tensors,
    tensors_of,
    times,
    write_weights,
)
from grader.authoring.training import Training, accuracy, figures
from reference.models import resnet as reference

# As in the sandbox: replayed on the sample solutions, a check then rounds as it did for the student.
torch.set_num_threads(1)

IMAGENET = (3, 224, 224)
SMALL = (3, 32, 32)
BLOCKS = {"BasicBlock": reference.BasicBlock, "Bottleneck": reference.Bottleneck}
KEEPING = {"BasicBlock": (6, 6), "Bottleneck": (16, 4)}
PROBED = {"BasicBlock": (4, 6, 2), "Bottleneck": (8, 4)}

# The experiments: blocks of 16 maps, the first of which reads a grey image. Each has two convolutions.
WIDTH = 16
GRADIENT_STRIDES = [2] + 13 * [1]
TRAINED_STRIDES = [2, 1, 1, 1, 1, 2, 1, 1, 1, 1]
LEAST_GRADIENT = 1e-4
RATIOS = (0.05, 3.0)
LEAST_ACCURACY = 0.5

# These functions run in the sandbox, beside the submission.
OF_ZEROS = """
def of_zeros(name, args, images, training):
    block = getattr(submission, name)(*args)
    block.train(training)
    with torch.no_grad():
        for parameter in block.parameters():
            parameter.zero_()
        return block(images.clone())
"""

PROBE = """
def probe(name, args, images, training):
    block = getattr(submission, name)(*args)
    block.train(training)
    given = images.clone()
    with torch.no_grad():
        for number, parameter in enumerate(block.parameters(), 1):
            parameter.copy_(torch.cos(torch.arange(parameter.numel()) * number).view(parameter.shape))
        return block(given), given
"""

BACKWARD = """
def backward(name, args, images, weights):
    block = getattr(submission, name)(*args).eval()
    with torch.no_grad():
        for number, parameter in enumerate(block.parameters(), 1):
            parameter.copy_(torch.cos(torch.arange(parameter.numel()) * number).view(parameter.shape))
    images = images.clone().requires_grad_()
    (block(images * 1) * weights).sum().backward()
    return images.grad
"""

SHAPES = """
def shapes(depth):
    with torch.device("meta"):
        net = submission.resnet(depth)
    if not isinstance(net, nn.Module):
        return None
    return [list(parameter.shape) for parameter in net.parameters() if parameter.requires_grad]
"""

RESIDUAL = """
def residual(width, strides, seed):
    torch.manual_seed(seed)
    channels = [1] + [width] * (len(strides) - 1)
    blocks = [submission.BasicBlock(c_in, width, stride) for c_in, stride in zip(channels, strides)]
    net = nn.Sequential(*blocks, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(width, 10))
    for module in net.modules():
        if hasattr(module, "reset_parameters"):
            module.reset_parameters()
    return net
"""

PLAIN = """
def plain(width, strides, seed, is_normalised):
    torch.manual_seed(seed)
    layers, c_in = [], 1
    for stride in strides:
        for step in (stride, 1):
            layers.append(nn.Conv2d(c_in, width, 3, step, 1, bias=not is_normalised))
            layers += [nn.BatchNorm2d(width), nn.ReLU()] if is_normalised else [nn.ReLU()]
            c_in = width
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(width, 10))
"""

GRADIENT_NORMS = """
def gradient_norms(net, images, labels, training):
    net.train(training)
    net.zero_grad()
    F.cross_entropy(net(images), labels).backward()
    kernels = [p for p in net.parameters() if tuple(p.shape[2:]) == (3, 3)]
    return [0.0 if kernel.grad is None else float(kernel.grad.norm()) for kernel in kernels]
"""


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
        pytest.param(
            name,
            id=name.lower(),
            marks=[
                pytest.mark.points(0.75),
                pytest.mark.title(f"{name}: with all its parameters at 0 the block gives exactly ReLU(x)"),
            ],
        )
        for name in BLOCKS
    ],
)
def test_zero_branch(student, rng, name):
    args = KEEPING[name]
    images = drawn(rng, 2, args[0], 5, 4)
    for training in (False, True):
        mode = "training" if training else "evaluation"
        got = student.run(OF_ZEROS, name, args, images, training)
        expect_equal(got, images.relu(), what=f"the output in {mode} mode")


@pytest.mark.points(0.5)
@pytest.mark.title("A block leaves its input as it was")
def test_input_is_kept(student, rng):
    for name, args in KEEPING.items():
        images = drawn(rng, 2, args[0], 5, 4)
        for training in (False, True):
            _, given = student.run(PROBE, name, args, images, training)
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
        got = student.run(BACKWARD, name, args, images.detach(), weights)
        scale = 1e-3 * float(images.grad.abs().max())
        what = f"the gradient that arrives at the input of {name}({', '.join(map(str, args))})"
        expect_close(got, images.grad, rtol=0.0, atol=scale, what=what)


@pytest.mark.parametrize(
    "depths",
    [
        pytest.param(
            depths,
            id=str(depths[-1]),
            marks=[pytest.mark.points(points), pytest.mark.title(f"{title}: as many parameters as published")],
        )
        for depths, points, title in (
            ((18, 34), 0.25, "ResNet-18 and 34"),
            ((50,), 0.25, "ResNet-50"),
            ((101,), 0.25, "ResNet-101"),
            ((152,), 0.25, "ResNet-152"),
        )
    ],
)
def test_parameters(student, rng, depths):
    probe(student, depths[0])
    for depth in depths:
        got = student.run(SHAPES, depth)
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
    [
        pytest.param(
            depth,
            id=str(depth),
            marks=[
                pytest.mark.points(0.25),
                pytest.mark.title(f"ResNet-{depth}: the shapes of its stages, its mult-adds"),
            ],
        )
        for depth in (50, 152)
    ],
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
    seed = int(rng.integers(2**31))
    yours = student.run(RESIDUAL, WIDTH, GRADIENT_STRIDES, seed)
    measured = {
        "yours": student.run(GRADIENT_NORMS, yours, images, labels, True),
        "yours, batch norm switched off": student.run(GRADIENT_NORMS, yours, images, labels, False),
    }
    for name, is_normalised in (("plain, with batch norm", True), ("plain, without batch norm", False)):
        plain = student.run(PLAIN, WIDTH, GRADIENT_STRIDES, seed, is_normalised)
        measured[name] = student.run(GRADIENT_NORMS, plain, images, labels, True)
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
    seed = int(rng.integers(2**31))
    nets = {
        "plain": student.run(PLAIN, WIDTH, TRAINED_STRIDES, seed, True),
        "yours": student.run(RESIDUAL, WIDTH, TRAINED_STRIDES, seed),
    }
    runs = {name: Training(student, net, images, labels, rng, rate=1e-3, batch=32) for name, net in nets.items()}
    for training in runs.values():
        for _ in training.epochs(3):
            student.show(loss_chart(runs, {}))
    named = {name: accuracy(student, net, unseen, truth) for name, net in nets.items()}
    student.show(loss_chart(runs, named))
    told = f"After 3 epochs your network names {named['yours']:.1%} of 1 000 new figures, the plain one"
    expect(named["yours"] >= LEAST_ACCURACY, f"{told} {named['plain']:.1%}; {LEAST_ACCURACY:.0%} is expected.")


def expect_structure(student, rng, name, args):
    """A block has the reference's parameters, and gives the reference's shape."""
    shown = f"{name}({', '.join(map(str, args))})"
    net, right = build(student, rng, name, *args), BLOCKS[name](*args)
    expect_count(tensors(student, net), tensors_of(right), shown)
    image = (args[0], 8, 6)
    (got,), (expected,) = running(student, net, image).out, running_of(right, image).out
    told = f"{shown} makes {times(got[1:])} of {times(image)}; {times(expected[1:])} is expected."
    expect(got == expected, told)


def expect_block(student, rng, name, args, right):
    """A block gives the reference's output, on images whose sides are odd and differ."""
    net = build(student, rng, name, *args)
    write_weights(student, rng, net, right)
    shown = f"the output of {name}({', '.join(map(str, args))})"
    expect_same_outputs(student, net, right, drawn(rng, 3, args[0], 9, 7), what=shown)


def expect_shapes(depth, got, right):
    """The parameters of a network are as many as published, and of the reference's shapes, in whatever order."""
    own, published = sum_of(got), sum_of(right)
    missing, extra = Counter(right) - Counter(got), Counter(got) - Counter(right)
    parts = [f"{what}: {listed(shapes)}." for what, shapes in (("Missing", missing), ("Too many", extra)) if shapes]
    told = f"ResNet-{depth} has {published:,} trainable parameters, yours has {own:,}. {' '.join(parts)}"
    expect(not parts, told)


def sum_of(shapes):
    """How many numbers tensors of these shapes hold."""
    return sum(torch.Size(shape).numel() for shape in shapes)


def listed(shapes):
    """2 of shape (64, 64, 1, 1), 4 of shape (64,), …"""
    shown = [f"{count} of shape {shape}" for shape, count in list(shapes.items())[:3]]
    return ", ".join(shown + ["…"] * (len(shapes) > 3))


def expect_stages(student, rng, depth):
    """A network has the published stages and mult-adds, those of either version where it is made of bottlenecks."""
    net = build(student, rng, "resnet", depth, num_classes=7, is_blank=True)
    found = running(student, net, SMALL)
    rights = {version: blank_resnet(depth, num_classes=7, version=version) for version in reference.VERSIONS}
    expect(found.out == ((1, 7),), f"With num_classes=7 one image gives {times(found.out[0])}; 1 × 7 is expected.")
    alike = [version for version, right in rights.items() if running_of(right, SMALL).mult_adds == found.mult_adds]
    right = rights[alike[0] if alike else "v1.5"]
    expect_maps(found, running_of(right, SMALL), in_any_order=True)
    expect_mult_adds(running(student, net, IMAGENET), running_of(right, IMAGENET), f"ResNet-{depth}")


def expect_logits(student, rng, depth):
    """A network with few classes gives the reference's logits."""
    net = build(student, rng, "resnet", depth, num_classes=5, is_blank=True)
    version = "v1.5" if depth < 50 else version_of(running(student, net, SMALL), depth)
    right = blank_resnet(depth, num_classes=5, version=version)
    write_weights(student, rng, net, right)
    expect_same_outputs(student, net, right, drawn(rng, 3, 3, 64, 48))


def version_of(found, depth=None):
    """Where the stride is, by the mult-adds: v1 if they are exactly that version's, else v1.5."""
    right = reference.Bottleneck(16, 4, 2, version="v1") if depth is None else blank_resnet(depth, 5, version="v1")
    image = (16, 8, 8) if depth is None else SMALL
    return "v1" if found.mult_adds == running_of(right, image).mult_adds else "v1.5"


def probe(student, depth):
    """Ask for a block's output first: a diagnosis then leaves out at once what fails for its blocks."""
    name = "BasicBlock" if depth < 50 else "Bottleneck"
    args = PROBED[name]
    student.run(PROBE, name, args, torch.linspace(-1, 1, args[0] * 30).view(1, args[0], 6, 5), False)


def blank_resnet(depth, *args, **settings):
    """Our own network without weights."""
    return blank(reference.resnet, depth, *args, **settings)


def gradient_chart(measured):
    """The norm of the gradient at each convolution, from the input to the output."""
    return Chart(
        title="How much gradient arrives at each convolution",
        x_label="convolution, counted from the image",
        y_label="norm of the gradient",
        curves=tuple(Curve.of(name, norms) for name, norms in measured.items()),
        limit=LEAST_GRADIENT,
        is_log=True,
        note="28 convolutions before any training. Read from right to left, as the gradient travels.",
    )


def loss_chart(runs, named):
    """The loss of each network, epoch by epoch, with the accuracies once they are known."""
    parts = [f"{name} {share:.1%}" for name, share in named.items()]
    told = f" Named of 1 000 new figures: {', '.join(parts)}; {LEAST_ACCURACY:.0%} is asked for." if parts else ""
    return Chart(
        title="20 convolutions in training",
        x_label="epoch",
        y_label="training loss (cross-entropy)",
        curves=tuple(Curve.of(name, training.losses) for name, training in runs.items()),
        note=f"Both have batch norm, the same images and the same steps: only the shortcut differs.{told}",
    )


def drawn(rng, *shape):
    """Normally distributed numbers as a tensor."""
    return torch.from_numpy(rng.normal(size=shape)).float()
