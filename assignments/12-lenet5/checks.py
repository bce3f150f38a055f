"""Checks of LeNet-5: structure, behaviour under weights that are written into it, and learning."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from grader.authoring import Curve, case, expect, expect_equal, expect_shape, seed_of
from grader.authoring.feature_maps import feature_maps
from grader.authoring.networks import drawn, expect_gradients, predict
from grader.authoring.training import Training, accuracy, figures
from reference.models.lenet import C3_TABLE, LeNet5

from . import inside
from .expectations import (
    MODERN,
    PUBLISHED,
    build_net,
    expect_counts,
    expect_logits_close,
    expect_same_logits,
    expect_shapes,
    expect_written,
    look_at,
)
from .experiments import (
    EPOCHS,
    MOST_EPOCHS,
    PERMUTED_EPOCHS,
    build_lenet,
    in_order,
    one_of_each,
    perceptron_shares,
    permutation_chart,
    pooling_chart,
    trained_share,
)

ENOUGH = 0.85
POOLS = {"max": "maximum", "avg": "mean"}


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
        case("relu-max", "Modern: the same weights, the same logits (ReLU, max)", 1.5, "relu", "max"),
        case("tanh-avg", "Modern: the same weights, the same logits (tanh, mean)", 1.0, "tanh", "avg"),
    ],
)
def test_behaviour(student, rng, act, pool):
    net, right = build_net(student, rng, act=act, pool=pool), LeNet5(act=act, pool=pool).double()
    expect_written(student, rng, net, right)
    expect_same_logits(student, rng, net, right)


@pytest.mark.points(0.25)
@pytest.mark.title("Modern: another number of classes")
def test_classes(student, rng):
    net = build_net(student, rng, num_classes=7)
    expect_shape(predict(student, net, figures(rng, 3)[0]), (3, 7), what="the logits")
    net, right = build_net(student, rng, num_classes=7), LeNet5(7).double()
    expect_written(student, rng, net, right)
    expect_same_logits(student, rng, net, right)


@pytest.mark.points(0.75)
@pytest.mark.title("1998: the shapes, and 60 000 trainable parameters, each where it belongs")
def test_published_structure(student, rng):
    net = build_net(student, rng, variant="1998")
    found = look_at(student, net)
    expect_shapes(found)
    expect_counts(found, PUBLISHED)
    codes = student.run(inside.WRITE_CODES, net, signs(rng, 10))
    expect(codes is not None, "out has no buffer named codes: the codes are fixed, register_buffer keeps them.")
    expect_shape(codes, (10, 84), what="out.codes")
    expect_equal(abs(codes), torch.ones(10, 84), what="the absolute values of out.codes")


@pytest.mark.points(0.75)
@pytest.mark.title("1998: every map of C3 reads the maps of S2 that Table I says")
def test_published_table(student, rng):
    net = build_net(student, rng, variant="1998")
    images = drawn(rng, 2, 6, 14, 14)
    kernel, bias, maps = student.run(inside.READ_C3, net, seed_of(rng), images)
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
    expect_written(student, rng, net, right, skip=("c3",))
    kernel, bias, _ = student.run(inside.READ_C3, net, seed_of(rng), torch.zeros(1, 6, 14, 14))
    expect_shape(kernel, (16, 6, 5, 5), what="the kernel that c3 amounts to")
    with torch.no_grad():
        for number, sources in enumerate(C3_TABLE):
            right.c3.maps[number].weight[0] = kernel[number, list(sources)].double()
            right.c3.maps[number].bias[0] = bias[number].double()
    codes = signs(rng, 10)
    right.out.codes.copy_(codes)
    before = student.run(inside.WRITE_CODES, net, codes)
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
    seed, curves = seed_of(rng), []
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


def signs(rng, classes):
    """A random code of -1 and +1 for each class."""
    return torch.from_numpy(rng.choice([-1.0, 1.0], size=(classes, 84))).float()
