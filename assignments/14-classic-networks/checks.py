"""Checks of AlexNet, ZFNet and VGG: counts, shapes and behaviour of each, and where their parameters are."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from grader.authoring import Chart, Curve, expect, expect_close, expect_shape
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
from reference.models.alexnet import alexnet, zfnet
from reference.models.vgg import configuration, vgg

# As in the sandbox: replayed on the sample solutions, a check then rounds as it did for the student.
torch.set_num_threads(1)

BUILDERS = {"alexnet": alexnet, "zfnet": zfnet, "vgg": vgg}
DENSE = 3
"""Every reference ends in fc6, fc7 and fc8; what stands before them are its features."""

# These functions run in the sandbox, beside the submission.
FEATURES = """
def features(net):
    found = getattr(net, "features", None)
    return found if isinstance(found, nn.Module) else None
"""

DENSE_END = """
def dense_end(net, maps, biases, training, seed):
    net.features = nn.Identity()
    linears = [module for module in net.modules() if isinstance(module, nn.Linear)]
    entered = []
    for linear in linears:
        linear.register_forward_pre_hook(lambda _layer, inputs: entered.append(inputs[0].clone()))
    with torch.no_grad():
        for linear, bias in zip(linears, biases):
            if linear.bias is not None and linear.bias.shape == bias.shape:
                linear.bias.copy_(bias)
        torch.manual_seed(seed)
        net.train(training)
        return entered, net(maps)
"""

KEEPS_CFG = """
def keeps_cfg(cfg):
    with torch.device("meta"):
        submission.vgg(cfg, 5, 2)
    return cfg
"""

# fc7 and fc8 are written for the first units alone, and the others stay zero: 58 million numbers would take seconds.
WRITE_DENSE = """
def write_dense(net, weights, biases):
    linears = [module for module in net.modules() if isinstance(module, nn.Linear)]
    with torch.no_grad():
        for linear, weight, bias in zip(linears, weights, biases):
            linear.weight[: weight.shape[0], : weight.shape[1]].copy_(weight)
            linear.bias.copy_(bias)
"""

# Without the weights of the dense layers, whose gradients are as large as they are and come with those of the biases.
REACHED = """
def reached(net, images):
    followed = {name: p for name, p in net.named_parameters() if p.ndim != 2}
    loss = net.train()(images).square().sum()
    if not loss.requires_grad:
        return dict.fromkeys(followed, False)
    gradients = torch.autograd.grad(loss, list(followed.values()), allow_unused=True)
    return {name: g is not None and bool((g != 0).any()) for name, g in zip(followed, gradients)}
"""

# A network with a wide convolution, layers of equal weights with and without biases, buffers and a frozen layer.
MAKE = """
def make(kind, width):
    if kind == "convolution":
        return nn.Sequential(nn.Conv2d(3, width, 5), nn.ReLU(), nn.Flatten(), nn.Linear(width, 10))
    if kind == "biases":
        first = nn.Sequential(nn.Linear(width, width, bias=False), nn.ReLU())
        return nn.Sequential(first, nn.Sequential(nn.Linear(width, width), nn.ReLU()))
    if kind == "blocks":
        block = nn.Sequential(*(nn.Linear(width, width) for _ in range(4)))
        return nn.Sequential(block, nn.Linear(width, 2 * width))
    if kind == "buffers":
        return nn.Sequential(nn.BatchNorm2d(10 * width), nn.Conv2d(3, width, 1), nn.Flatten(), nn.Linear(3 * width, 8))
    frozen = nn.Sequential(nn.Linear(width, 9 * width).requires_grad_(False), nn.ReLU())
    return nn.Sequential(frozen, nn.Linear(9 * width, width), nn.ReLU(), nn.Linear(width, 3))
"""


def counted(name, settings, count, label, points):
    """The parameters of one published network."""
    title = f"{label}: {count:,} parameters".replace(",", " ")
    marks = [pytest.mark.title(title), pytest.mark.points(points)]
    return pytest.param(name, settings, id=f"{name}-{count}", marks=marks)


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        counted("alexnet", {}, 60_965_224, "AlexNet in two groups", 0.5),
        counted("alexnet", {"groups": 1}, 62_378_344, "AlexNet in one group", 0.25),
        counted("zfnet", {}, 62_357_608, "ZFNet", 0.5),
        counted("vgg", {"cfg": configuration(16)}, 138_357_544, "VGG-16", 0.5),
        counted("vgg", {"cfg": configuration(11)}, 132_863_336, "VGG-11", 0.25),
        counted("vgg", {"cfg": configuration(19)}, 143_667_240, "VGG-19", 0.25),
    ],
)
def test_parameters(student, rng, name, settings):
    found = tensors(student, build(student, rng, name, is_blank=True, **settings))
    expect(not found.frozen, f"These parameters have requires_grad=False: {', '.join(own for own, _ in found.frozen)}.")
    right = tensors_of(blank(BUILDERS[name], **settings))
    expect_count(found, right)
    for (own, shape), (_, expected) in zip(found.parameters, right.parameters, strict=False):
        expect(shape == expected, f"Your parameter {own} has shape {shape}; {expected} is expected in its place.")


@pytest.mark.parametrize(
    ("name", "settings", "shape"),
    [
        pytest.param(
            *("alexnet", {"lrn": False}, (3, 227, 227)),
            id="alexnet",
            marks=[
                pytest.mark.title("AlexNet: the shapes on the way from 227 × 227 to 6 × 6"),
                pytest.mark.points(0.5),
            ],
        ),
        pytest.param(
            *("zfnet", {"lrn": False}, (3, 224, 224)),
            id="zfnet",
            marks=[pytest.mark.title("ZFNet: the shapes on the way from 224 × 224 to 6 × 6"), pytest.mark.points(0.5)],
        ),
        pytest.param(
            *("vgg", {"cfg": (4, 6, "M", 8, "M", 10, "M", 12, 10, "M", 6, "M"), "in_ch": 2}, (2, 224, 224)),
            id="vgg",
            marks=[pytest.mark.title("VGG: the shapes of a narrow network"), pytest.mark.points(0.5)],
        ),
    ],
)
def test_shapes(student, rng, name, settings, shape):
    found = running(student, features_of(student, build(student, rng, name, is_blank=True, **settings)), shape)
    right = running_of(blank(BUILDERS[name], **settings)[:-DENSE], shape)
    expect_maps(found, right)
    expect_mult_adds(found, right, "The part up to the last pooling")


def behaving(name, settings, shape, scale, title, points):
    """The features of one network under weights that are written into it, on images of (C, H, W) = `shape`."""
    marks = [pytest.mark.title(title), pytest.mark.points(points)]
    identity = "-".join([name, *(f"{key}{value}" for key, value in settings.items() if key != "cfg")])
    return pytest.param(name, settings, shape, scale, id=identity, marks=marks)


# Response normalisation shows on values as large as those of pixels from 0 to 255.
@pytest.mark.parametrize(
    ("name", "settings", "shape", "scale"),
    [
        behaving("alexnet", {"lrn": False}, (3, 67, 99), 1, "AlexNet: the same weights, the same maps", 0.75),
        behaving("alexnet", {"groups": 1, "lrn": False}, (3, 67, 67), 1, "AlexNet: the same maps, in one group", 0.25),
        behaving("alexnet", {}, (3, 67, 67), 60, "AlexNet: the same maps, with response normalisation", 0.75),
        behaving("zfnet", {"lrn": False}, (3, 64, 96), 1, "ZFNet: the same weights, the same maps", 0.5),
        behaving("zfnet", {}, (3, 64, 64), 60, "ZFNet: the same maps, with response normalisation", 0.5),
        behaving(
            *("vgg", {"cfg": (5, 7, "M", 6, "M", 9, 8, "M"), "in_ch": 2}, (2, 24, 40), 1),
            *("VGG: the same weights, the same maps", 0.5),
        ),
    ],
)
def test_behaviour(student, rng, name, settings, shape, scale):
    net = features_of(student, build(student, rng, name, is_blank=True, **settings))
    right = blank(BUILDERS[name], **settings)[:-DENSE]
    write_weights(student, rng, net, right)
    expect_same_outputs(student, net, right, images(rng, 2, shape) * scale, what="the maps")


@pytest.mark.parametrize(
    ("name", "settings", "maps"),
    [
        pytest.param(
            *(name, settings, maps),
            id=name,
            marks=[pytest.mark.points(points), pytest.mark.title(f"{title}: fc6, fc7 and fc8, with ReLU and dropout")],
        )
        for name, settings, maps, title, points in (
            ("vgg", {"cfg": [8, "M", 5, "M"], "num_classes": 7}, (5, 7, 7), "VGG", 0.5),
            ("alexnet", {"num_classes": 7}, (256, 6, 6), "AlexNet", 0.25),
        )
    ],
)
def test_dense_end(student, rng, name, settings, maps):
    biases = [torch.from_numpy(rng.normal(size=width)).float() for width in (4096, 4096, settings["num_classes"])]
    given = images(rng, 2, maps)
    for training in (False, True):
        net = build(student, rng, name, is_blank=True, **settings)
        features_of(student, net)
        entered, logits = student.run(DENSE_END, net, given, biases, training, int(rng.integers(2**31)))
        expect_dense_end(entered, logits, given, biases, training)


def expect_dense_end(entered, logits, given, biases, training):
    """Fail unless three layers with zeros for weights pass on the maps, then their biases, as fc6 to fc8 do."""
    mode = "training" if training else "evaluation"
    expect(
        len(entered) == DENSE, f"{len(entered)} nn.Linear layers run after the features; fc6, fc7 and fc8 are three."
    )
    expect_close(entered[0], given.flatten(1), rtol=1e-5, what=f"what fc6 reads in {mode} mode")
    for name, got, bias in (("fc7", entered[1], biases[0]), ("fc8", entered[2], biases[1])):
        expect_shape(got, (2, 4096), what=f"what {name} reads")
        expected = bias.relu().expand(2, -1)
        if training:
            expect_dropout(name, got, expected)
        else:
            expect_close(got, expected, rtol=1e-5, what=f"what {name} reads in evaluation mode, with zeros for weights")
    told = f"the logits in {mode} mode, with zeros for weights"
    expect_close(logits, biases[2].expand(2, -1), rtol=1e-5, what=told)


def expect_dropout(name, got, expected):
    """Fail unless about half of the positive numbers are 0 and the others doubled."""
    got, positive = torch.as_tensor(got), expected > 0
    kept = (got != 0)[positive].double().mean()
    told = f"In training mode {kept:.0%} of what {name} reads is kept; dropout with p = 0.5 keeps half."
    expect(0.4 < kept < 0.6, told)
    scaled = torch.where(got != 0, 2 * expected, torch.zeros(()))
    expect_close(got, scaled, rtol=1e-5, what=f"what {name} reads in training mode")


@pytest.mark.points(0.25)
@pytest.mark.title("VGG: the list of layers stays as it was")
def test_keeps_cfg(student):
    cfg = [8, "M", 5, 6, "M"]
    left = student.run(KEEPS_CFG, cfg)
    expect(left == cfg, f"vgg was called with {cfg} and left {left}: whoever calls it may need the list again.")


@pytest.mark.points(0.25)
@pytest.mark.title("VGG: the gradient reaches every layer")
def test_gradients(student, rng):
    cfg = (8, "M", 12, "M", 16, "M", 16, "M", 16, "M")
    net, right = build(student, rng, "vgg", cfg, 5, 1, is_blank=True), blank(vgg, cfg, 5, 1)
    expect_count(tensors(student, net), tensors_of(right), "A narrow VGG")
    write_weights(student, rng, features_of(student, net), right[:-DENSE])
    write_dense(student, rng, net, right)
    reached = student.run(REACHED, net, images(rng, 2, (1, 224, 224)))
    missed = [name for name, is_reached in reached.items() if not is_reached]
    told = f"After backward() these parameters have no gradient other than 0: {', '.join(missed[:12])}."
    expect(not missed, told)


@pytest.mark.points(0.5)
@pytest.mark.title("where: the largest layer of other networks")
def test_where(student, rng):
    kinds = {
        "convolution": "the largest layer is a convolution",
        "biases": "two layers have equal weights, and one of them biases",
        "blocks": "a block of small layers is larger than the largest layer",
        "buffers": "batch normalisation keeps a mean and a variance",
        "frozen": "the largest layer is frozen",
    }
    for kind, told in kinds.items():
        net = student.run(MAKE, kind, int(rng.integers(12, 20)))
        expect_where(student.where(net), tensors(student, net), f" (a network in which {told})")


@pytest.mark.points(0.5)
@pytest.mark.title("where: fc6 has 74 % of your VGG-16 and 62 % of your AlexNet")
def test_where_classics(student, rng):
    for name, settings, right, share in (
        ("vgg", {"cfg": configuration(16)}, 102_764_544, 0.74),
        ("alexnet", {}, 37_752_832, 0.62),
    ):
        net = build(student, rng, name, is_blank=True, **settings)
        answer, found = student.where(net), tensors(student, net)
        expect_where(answer, found, f" ({name})")
        told = (
            f"Your {name} has {answer[1]:,} parameters in {answer[0]}; fc6 has {right:,}, {share:.0%} of the network."
        )
        expect(answer[1] == right and round(answer[2], 2) == share, told)


def expect_where(answer, found, of):
    """Fail unless the answer is the name, the parameters and the share of the network's largest layer."""
    sizes = sizes_of(found)
    name = max(sizes, key=sizes.get)
    expected = (name, sizes[name], sizes[name] / found.count)
    kinds = (str, int, float)
    is_right = (
        isinstance(answer, tuple | list)
        and len(answer) == len(kinds)
        and all(isinstance(part, kind) for part, kind in zip(answer, kinds, strict=True))
        and tuple(answer[:2]) == expected[:2]
        and abs(answer[2] - expected[2]) < 1e-9
    )
    told = f"where gives {answer!r}; {expected!r} is expected{of}."
    expect(is_right, told, {"expected": repr(expected), "got": repr(answer)})


def sizes_of(found):
    """The parameters of each layer, in order: a weight and its bias belong together."""
    sizes = {}
    for name, shape in found.parameters:
        layer = name.rpartition(".")[0]
        sizes[layer] = sizes.get(layer, 0) + torch.Size(shape).numel()
    return sizes


@pytest.mark.points(0.25)
@pytest.mark.undiagnosed
@pytest.mark.seconds(20)
@pytest.mark.title("VGG-16 as a whole: 15.5 billion mult-adds, and where they are")
def test_whole_vgg(student, rng):
    net = build(student, rng, "vgg", configuration(16), is_blank=True)
    found = tensors(student, net)
    expect_count(found, 138_357_544, "Your VGG-16")
    ran = running(student, net, (3, 224, 224))
    expect(ran.out == ((1, 1000),), f"The logits of one image have shape {times(ran.out[0])}, not 1 × 1000.")
    expect_mult_adds(ran, 15_470_264_320, "Your VGG-16")
    student.show(shares("VGG-16", found, ran))


@pytest.mark.points(0.5)
@pytest.mark.undiagnosed
@pytest.mark.seconds(20)
@pytest.mark.title("AlexNet as a whole, on 227 × 227: the same weights, the same logits")
def test_whole_alexnet(student, rng):
    net, right = build(student, rng, "alexnet", is_blank=True), blank(alexnet)
    found, expected = tensors(student, net), tensors_of(right)
    expect_count(found, expected, "Your AlexNet")
    student.show(shares("AlexNet", found, running(student, net, (3, 227, 227))))
    write_weights(student, rng, features_of(student, net), right[:-DENSE])
    write_dense(student, rng, net, right)
    expect_same_outputs(student, net, right, images(rng, 1, (3, 227, 227)) * 60)


def write_dense(student, rng, net, right, units=64):
    """Write the same numbers into fc6, fc7 and fc8 of both networks, for the first `units` of 4096."""
    layers = [layer for layer in right[-DENSE:].modules() if isinstance(layer, nn.Linear)]
    weights, biases = [], []
    for layer in layers:
        sides = tuple(units if side == 4096 else side for side in layer.weight.shape)
        weights.append(torch.from_numpy(rng.normal(size=sides) * (2 / sides[1]) ** 0.5).float())
        biases.append(torch.from_numpy(rng.normal(size=len(layer.bias)) / 5).float())
    student.run(WRITE_DENSE, net, weights, biases)
    with torch.no_grad():
        for layer, weight, bias in zip(layers, weights, biases, strict=True):
            layer.weight[: weight.shape[0], : weight.shape[1]] = weight
            layer.bias.copy_(bias)


def shares(name, found, ran):
    """Which share of the parameters and of the work each layer of the student's network has."""
    work = [products for _, _, products in ran.ran if products]
    parts = (("parameters", list(sizes_of(found).values())), ("mult-adds", work))
    return Chart(
        title=f"{name}: where the parameters are, and where the work is",
        x_label="layer",
        y_label="share, %",
        curves=tuple(Curve.of(told, [100 * part / sum(sizes) for part in sizes]) for told, sizes in parts),
        note="Convolutions use each weight at every place: they do the work. The parameters are in the dense layers.",
    )


def features_of(student, net):
    """The handle of the network's child `features`. Raises CheckFailed where it has none."""
    tensors(student, net)
    features = student.run(FEATURES, net)
    told = "The network has no child named features: it holds everything up to and including the last pooling."
    expect(features is not None, told)
    return features


def images(rng, count, shape):
    """Pictures of numbers around 0."""
    return torch.from_numpy(rng.normal(size=(count, *shape))).float()
