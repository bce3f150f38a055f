"""Checks of LeNet-5: structure, behaviour under weights that are written into it, and learning."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F

from grader.authoring import Chart, Curve, expect, expect_close, expect_equal, expect_shape
from grader.authoring.feature_maps import feature_maps
from grader.authoring.networks import build, expect_gradients, predict
from grader.authoring.training import Training, accuracy, figures
from reference.models.lenet import C3_TABLE, LeNet5
from reference.shapes import CLASSES

# As in the sandbox: replayed on the sample solutions, a check then rounds as it did for the student.
torch.set_num_threads(1)

EPOCHS, MOST_EPOCHS = 8, 16
ENOUGH = 0.85
PERMUTED_EPOCHS = 6
POOLS = {"max": "maximum", "avg": "mean"}
LAYERS = ("c1", "s2", "c3", "s4", "c5", "f6", "out")
SHAPES = {
    **{"c1": (6, 28, 28), "s2": (6, 14, 14), "c3": (16, 10, 10), "s4": (16, 5, 5)},
    **{"c5": (120,), "f6": (84,), "out": (10,)},
}
MODERN = {"c1": 156, "s2": 0, "c3": 2416, "s4": 0, "c5": 48120, "f6": 10164, "out": 850}
PUBLISHED = {"c1": 156, "s2": 12, "c3": 1516, "s4": 32, "c5": 48120, "f6": 10164, "out": 0}

# These functions run in the sandbox, beside the submission.
STRUCTURE = """
def structure(net, names):
    if not isinstance(net, nn.Module):
        return None
    seen = {}

    def watch(name):
        def hook(layer, inputs, output):
            seen.setdefault(name, []).append(list(output.shape[1:]))
        return hook

    layers = {name: getattr(net, name, None) for name in names}
    hooks = [layer.register_forward_hook(watch(name)) for name, layer in layers.items() if isinstance(layer, nn.Module)]
    with torch.no_grad():
        net(torch.zeros(2, 1, 32, 32))
    for hook in hooks:
        hook.remove()
    counts = {}
    for name, parameter in net.named_parameters():
        if parameter.requires_grad:
            layer = name.partition(".")[0]
            counts[layer] = counts.get(layer, 0) + parameter.numel()
    return {
        "missing": [name for name, layer in layers.items() if not isinstance(layer, nn.Module)],
        "shapes": seen,
        "counts": counts,
    }
"""

WRITE = """
def write(net, values):
    problems = []
    with torch.no_grad():
        for layer, tensors in values.items():
            for kind, value in tensors.items():
                own = [p for name, p in getattr(net, layer).named_parameters() if name.rpartition(".")[2] == kind]
                if len(own) == 1 and own[0].numel() == value.numel() and len(own[0]) == len(value):
                    own[0].copy_(value.reshape(own[0].shape))
                else:
                    problems.append([f"{layer}.{kind}", [list(p.shape) for p in own], list(value.shape)])
    others = [name for name, _ in net.named_parameters() if name.partition(".")[0] not in values]
    return problems, others
"""

WRITE_CODES = """
def write_codes(net, codes):
    own = dict(net.out.named_buffers()).get("codes")
    if own is None:
        return None
    before = own.clone()
    if own.shape == codes.shape:
        own.copy_(codes)
    return before
"""

READ_C3 = """
def read_c3(net, seed, images):
    generator = torch.Generator().manual_seed(seed)
    impulses = torch.zeros(39, 6, 14, 14)
    for number in range(150):
        image, part = divmod(number, 4)
        channel, row, column = number // 25, number // 5 % 5, number % 5
        impulses[1 + image, channel, part // 2 * 5 + row, part % 2 * 5 + column] = 1
    with torch.no_grad():
        for parameter in net.c3.parameters():
            parameter.copy_(torch.randn(parameter.shape, generator=generator) / 8)
        answers = net.c3(impulses)[:, :, ::5, ::5]
        bias = answers[0, :, 0, 0]
        kernel = (answers[1:] - bias[:, None, None]).permute(0, 2, 3, 1).reshape(152, -1)[:150]
        return kernel.T.reshape(-1, 6, 5, 5), bias, net.c3(images)
"""


@pytest.mark.points(0.75)
@pytest.mark.title("Modern: the shapes after each layer")
def test_shapes(student, rng):
    found = look_at(student, build_net(student, rng))
    expect_shapes(found)


@pytest.mark.points(0.75)
@pytest.mark.title("Modern: 61 706 trainable parameters, each where it belongs")
def test_parameters(student, rng):
    expect_counts(look_at(student, build_net(student, rng)), MODERN)


@pytest.mark.parametrize(
    ("act", "pool"),
    [
        pytest.param(
            *("relu", "max"),
            id="relu-max",
            marks=[pytest.mark.points(1.5), pytest.mark.title("Modern: the same weights, the same logits (ReLU, max)")],
        ),
        pytest.param(
            *("tanh", "avg"),
            id="tanh-avg",
            marks=[
                pytest.mark.points(1.0),
                pytest.mark.title("Modern: the same weights, the same logits (tanh, mean)"),
            ],
        ),
    ],
)
def test_behaviour(student, rng, act, pool):
    net, right = build_net(student, rng, act=act, pool=pool), LeNet5(act=act, pool=pool).double()
    written = write_weights(student, rng, net, right)
    expect(not written, written)
    expect_same_logits(student, rng, net, right)


@pytest.mark.points(0.25)
@pytest.mark.title("Modern: another number of classes")
def test_classes(student, rng):
    net = build_net(student, rng, num_classes=7)
    expect_shape(predict(student, net, figures(rng, 3)[0]), (3, 7), what="the logits")
    net, right = build_net(student, rng, num_classes=7), LeNet5(7).double()
    written = write_weights(student, rng, net, right)
    expect(not written, written)
    expect_same_logits(student, rng, net, right)


@pytest.mark.points(0.75)
@pytest.mark.title("1998: the shapes, and 60 000 trainable parameters, each where it belongs")
def test_published_structure(student, rng):
    net = build_net(student, rng, variant="1998")
    found = look_at(student, net)
    expect_shapes(found)
    expect_counts(found, PUBLISHED)
    codes = student.run(WRITE_CODES, net, signs(rng, 10))
    expect(codes is not None, "out has no buffer named codes: the codes are fixed, register_buffer keeps them.")
    expect_shape(codes, (10, 84), what="out.codes")
    expect_equal(abs(codes), torch.ones(10, 84), what="the absolute values of out.codes")


@pytest.mark.points(0.75)
@pytest.mark.title("1998: every map of C3 reads the maps of S2 that Table I says")
def test_published_table(student, rng):
    net = build_net(student, rng, variant="1998")
    images = torch.from_numpy(rng.normal(size=(2, 6, 14, 14))).float()
    kernel, bias, maps = student.run(READ_C3, net, int(rng.integers(2**31)), images)
    expect_shape(kernel, (16, 6, 5, 5), what="the kernel that c3 amounts to")
    for number, sources in enumerate(C3_TABLE):
        read = tuple(c for c in range(6) if abs(kernel[number, c]).max() > 1e-6)
        told = f"Map {number} of C3 reads the maps {read} of S2; in Table I it reads {sources}."
        expect(read == sources, told)
    expect_logits_close(maps, F.conv2d(images.double(), kernel.double(), bias.double()), what="c3's output")


@pytest.mark.points(1.0)
@pytest.mark.title("1998: the same weights, the same logits")
def test_published_behaviour(student, rng):
    net, right = build_net(student, rng, variant="1998"), LeNet5(variant="1998").double()
    written = write_weights(student, rng, net, right, skip=("c3",))
    expect(not written, written)
    kernel, bias, _ = student.run(READ_C3, net, int(rng.integers(2**31)), torch.zeros(1, 6, 14, 14))
    expect_shape(kernel, (16, 6, 5, 5), what="the kernel that c3 amounts to")
    with torch.no_grad():
        for number, sources in enumerate(C3_TABLE):
            right.c3.maps[number].weight[0] = kernel[number, list(sources)].double()
            right.c3.maps[number].bias[0] = bias[number].double()
    codes = signs(rng, 10)
    right.out.codes.copy_(codes)
    before = student.run(WRITE_CODES, net, codes)
    expect(before is not None, "out has no buffer named codes, of shape (10, 84).")
    expect_same_logits(student, rng, net, right)


@pytest.mark.points(0.5)
@pytest.mark.title("Batches of one and of seven images: each image has its own logits")
def test_batches(student, rng):
    net, images = build_net(student, rng), figures(rng, 7)[0]
    together = predict(student, net, images)
    expect_shape(together, (7, 10), what="the logits of seven images")
    expect(together.std(0).max() > 1e-5, "Seven different images have the same logits.")
    for number in range(7):
        alone = predict(student, net, images[number : number + 1])
        expect_logits_close(alone, together[number : number + 1].double(), what=f"the logits of image {number} alone")


@pytest.mark.points(0.5)
@pytest.mark.title("Before training the loss is near ln 10 = 2.30")
def test_initial_loss(student, rng):
    images, labels = figures(rng, 64)
    logits = predict(student, build_net(student, rng), images)
    expect_shape(logits, (64, 10), what="the logits")
    expect(logits.std(0).max() > 1e-5, "All images have the same logits.")
    loss = float(F.cross_entropy(logits.double(), labels))
    told = (
        f"The loss starts at {loss:.3f}; ln 10 = 2.303 is expected, within 0.1. Are the outputs logits of a usual size?"
    )
    expect(math.isfinite(loss) and abs(loss - math.log(10)) <= 0.1, told)


@pytest.mark.points(0.5)
@pytest.mark.title("The gradient reaches every parameter")
def test_gradients(student, rng):
    expect_gradients(student, build_net(student, rng), *figures(rng, 32))


@pytest.mark.points(0.5)
@pytest.mark.undiagnosed
@pytest.mark.seconds(20)
@pytest.mark.title("Fifty images are learnt by heart")
def test_overfits(student, rng):
    net, (images, labels) = build_lenet(student, rng), figures(rng, 50)
    for _ in Training(student, net, images, labels, rng, batch=25).epochs(100):
        pass
    share = accuracy(student, net, images, labels)
    told = f"After 100 epochs on 50 images the network names {share:.0%} of them; 95% is expected: it does not learn."
    expect(share >= 0.95, told)


@pytest.mark.points(0.75)
@pytest.mark.undiagnosed
@pytest.mark.seconds(60)
@pytest.mark.title("Trained on 4 000 figures, at least 85% of 1 000 new ones are named")
def test_learns(student, rng):
    training = Training(student, build_lenet(student, rng), *figures(rng, 4000), rng)
    share = trained_share(training, rng, EPOCHS)
    # With some initial weights the loss has hardly begun to fall by then, and an epoch may end with a slip.
    while share < ENOUGH and len(training.losses) < MOST_EPOCHS:
        share = trained_share(training, rng, 1)
    student.show(feature_maps(student, training.net, *one_of_each(rng), ("c1", "s2", "c3", "s4")))
    told = f"After {len(training.losses)} epochs the network names {share:.1%} of 1 000 new images;"
    expect(share >= ENOUGH, f"{told} 85% is expected, 93% is usual.")


@pytest.mark.points(0.25)
@pytest.mark.undiagnosed
@pytest.mark.seconds(120)
@pytest.mark.title("Maximum against mean: the same figures, with one pooling and with the other")
def test_pooling(student, rng):
    learnt, unseen = figures(rng, 4000), figures(rng, 1000)
    seed, curves = int(rng.integers(2**31)), []
    for pool, name in POOLS.items():
        same = np.random.default_rng(seed)
        training = Training(student, build_lenet(student, same, pool), *learnt, same)
        shares = {f"{name}, images it learns from": [], f"{name}, new images": []}
        for _ in training.epochs(EPOCHS):
            for seen, (images, labels) in zip(shares.values(), (learnt, unseen), strict=True):
                seen.append(accuracy(student, training.net, images[:1000], labels[:1000]))
            student.show(pooling_chart([*curves, *(Curve.of(*each) for each in shares.items())]))
        curves += [Curve.of(*each) for each in shares.items()]
    for curve in curves:
        told = f"{curve.name}: the network names {curve.y[-1]:.0%} of them after {EPOCHS} epochs; 50% is expected."
        expect(curve.y[-1] >= 0.5, told)


@pytest.mark.points(0.25)
@pytest.mark.undiagnosed
@pytest.mark.seconds(60)
@pytest.mark.title("With their pixels shuffled, the figures are no figures to a convolution any more")
def test_permuted(student, rng):
    shuffled = torch.from_numpy(rng.permutation(32 * 32))
    images, labels = figures(rng, 4000, noise=0.3)
    unseen, truth = figures(rng, 1000, noise=0.3)
    curves = []
    for name, order in (("as they are", None), ("pixels shuffled", shuffled)):
        learnt, seen = (in_order(each, order) for each in (images, unseen))
        curves.append(Curve.of(f"perceptron, {name}", perceptron_shares(rng, (learnt, labels), (seen, truth))))
        training = Training(student, build_lenet(student, rng), learnt, labels, rng)
        shares = []
        for _ in training.epochs(PERMUTED_EPOCHS):
            shares.append(accuracy(student, training.net, seen, truth))
            student.show(permutation_chart([*curves, Curve.of(f"LeNet-5, {name}", shares)]))
        curves.append(Curve.of(f"LeNet-5, {name}", shares))
    before, after = (max(curve.y) for curve in curves if curve.name.startswith("LeNet"))
    told = f"LeNet-5 names {before:.0%} of new images; with one fixed shuffle of all pixels it names {after:.0%}."
    expect(before >= 0.35, f"{told} At least 35% of the images as they are is expected.")
    expect(after < before - 0.1, f"{told} The shuffle should cost it more: are the layers convolutions?")


def build_net(student, rng, **settings):
    """A network with reproducible initial weights."""
    return build(student, rng, "LeNet5", **settings)


def build_lenet(student, rng, pool="max"):
    """A network that is worth training: one with LeNet-5's layers, no other parameters, and LeNet-5's logits."""
    trial, right = build_net(student, rng, pool=pool), LeNet5(pool=pool).double()
    found = look_at(student, trial)
    expect_shapes(found)
    expect_counts(found, MODERN)
    written = write_weights(student, rng, trial, right)
    expect(not written, written)
    expect_same_logits(student, rng, trial, right)
    return build_net(student, rng, pool=pool)


def trained_share(training, rng, epochs):
    """The share of 1 000 images, new each time, that the network names after so many more epochs."""
    for _ in training.epochs(epochs):
        loss = (Curve.of("training loss", training.losses),)
        training.student.show(Chart("Training on 4 000 figures", "epoch", "mean cross-entropy", loss))
    return accuracy(training.student, training.net, *figures(rng, 1000))


def look_at(student, net):
    """What the network is made of, by layer."""
    found = student.run(STRUCTURE, net, list(LAYERS))
    expect(found is not None, "LeNet5 is no nn.Module: derive the class from it.")
    missing = ", ".join(found["missing"])
    expect(not missing, f"The network has no layer named {missing}. The layers are c1, s2, c3, s4, c5, f6 and out.")
    return found


def expect_shapes(found):
    """Every layer gives LeNet-5's shape; a trailing 1 × 1 counts as flat."""
    for layer, shape in SHAPES.items():
        seen = [tuple(sizes) for sizes in found["shapes"].get(layer, [])]
        expect(seen, f"forward does not use the layer {layer}.")
        wrong = [sizes for sizes in seen if flat(sizes) != shape]
        told = f"{layer} gives {times(wrong[-1] if wrong else ())}; in LeNet-5 it gives {times(shape)}."
        # One pooling layer may serve as s2 and s4, and then gives both shapes.
        expect(len(wrong) < len(seen), told)


def expect_counts(found, expected):
    """Every layer has LeNet-5's trainable parameters, and nothing else has any."""
    counts = found["counts"]
    for layer, count in expected.items():
        got = counts.get(layer, 0)
        expect(got == count, f"{layer} has {got:,} trainable parameters; in LeNet-5 it has {count:,}.")
    others = sorted(set(counts) - set(expected))
    total = sum(counts.values())
    expect(not others, f"There are parameters outside the seven layers, in {', '.join(others)}: {total:,} in all.")


def write_weights(student, rng, net, right, skip=()):
    """Write the same random weights into both networks; says in words what does not fit, or nothing."""
    values = {layer: {} for layer in LAYERS}
    for name, parameter in right.named_parameters():
        layer, _, kind = name.rpartition(".")
        if layer.partition(".")[0] not in skip:
            values[layer][kind] = random_weights(rng, parameter)
    problems, others = student.run(WRITE, net, values)
    if problems:
        name, shapes, expected = problems[0]
        own = " and ".join(str(tuple(shape)) for shape in shapes) or "not there"
        return f"{name} is {own}; in LeNet-5 its shape is {tuple(expected)}."
    if others:
        return f"There are parameters outside the seven layers: {', '.join(others)}."
    return ""


def random_weights(rng, parameter):
    """Weights that keep the signal's size from layer to layer; they replace those of `parameter`."""
    spread = parameter[0].numel() ** -0.5 if parameter.ndim > 1 else 0.3
    drawn = torch.from_numpy(rng.normal(size=tuple(parameter.shape)) * spread).float()
    with torch.no_grad():
        parameter.copy_(drawn)
    return drawn


def expect_same_logits(student, rng, net, right):
    """The student's logits are the reference's, in training mode and in evaluation mode."""
    images = torch.from_numpy(rng.normal(size=(5, 1, 32, 32))).float()
    with torch.no_grad():
        expected = right(images.double())
    for training, mode in ((False, "evaluation"), (True, "training")):
        got = predict(student, net, images, training=training, seed=int(rng.integers(2**31)))
        expect_logits_close(got, expected, what=f"the logits in {mode} mode")


def expect_logits_close(got, expected, what):
    """Equal up to what float32 rounds."""
    expect_close(got, expected, rtol=1e-4, atol=2e-5 * float(abs(expected).max()), what=what)


def in_order(images, order):
    """The images with their pixels in another order, the same for all; None leaves them as they are."""
    return images if order is None else images.flatten(1)[:, order].reshape(images.shape)


def perceptron_shares(rng, learnt, seen):
    """The accuracy after each epoch of a perceptron with about LeNet-5's number of parameters (61 075), trained alike."""
    torch.manual_seed(int(rng.integers(2**31)))
    net = nn.Sequential(nn.Flatten(), nn.Linear(32 * 32, 59), nn.ReLU(), nn.Linear(59, 10))
    optimizer = torch.optim.Adam(net.parameters(), lr=2e-3)
    shares = []
    for _ in range(PERMUTED_EPOCHS):
        for chosen in torch.randperm(len(learnt[0])).split(64):
            optimizer.zero_grad()
            F.cross_entropy(net(learnt[0][chosen]), learnt[1][chosen]).backward()
            optimizer.step()
        with torch.no_grad():
            shares.append(float((net(seen[0]).argmax(1) == seen[1]).double().mean()))
    return shares


def permutation_chart(curves):
    """Who keeps its accuracy when the neighbourhood of pixels is gone."""
    note = "A dense layer does not know which pixels are neighbours; a convolution lives on it."
    return Chart("Accuracy with shuffled pixels", "epoch", "share of new images named", tuple(curves), note=note)


def pooling_chart(curves):
    """How fast the network learns with either pooling, and how well it names images that it has not seen."""
    note = "Both begin with the same weights and see the same images in the same order."
    return Chart("Maximum against mean", "epoch", "share of images named", tuple(curves), note=note)


def one_of_each(rng):
    """One image of every class, and the classes' names."""
    images, labels = figures(rng, 400, noise=0.05)
    first = [int((labels == number).nonzero()[0]) for number in range(len(CLASSES))]
    return images[first], CLASSES


def signs(rng, classes):
    """A random code of -1 and +1 for each class."""
    return torch.from_numpy(rng.choice([-1.0, 1.0], size=(classes, 84))).float()


def flat(shape):
    """A shape without the 1 × 1 that a convolution down to one pixel leaves."""
    return shape[:1] if shape[1:] == (1, 1) else shape


def times(shape):
    """6 × 28 × 28."""
    return " × ".join(map(str, shape))
