"""Checks of AlexNet, ZFNet and VGG: counts, shapes and behaviour of each, and where their parameters are."""

from __future__ import annotations

import pytest

from grader.authoring import case, expect, seed_of
from grader.authoring.networks import (
    blank,
    build,
    drawn,
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

from . import inside
from .expectations import DENSE, expect_dense_end, expect_where, features_of, shares, write_dense

BUILDERS = {"alexnet": alexnet, "zfnet": zfnet, "vgg": vgg}


def counted(name, settings, count, label, points):
    """The parameters of one published network."""
    title = f"{label}: {count:,} parameters".replace(",", " ")
    return case(f"{name}-{count}", title, points, name, settings)


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
        case(
            "alexnet",
            "AlexNet: the shapes on the way from 227 × 227 to 6 × 6",
            0.5,
            "alexnet",
            {"lrn": False},
            (3, 227, 227),
        ),
        case(
            "zfnet", "ZFNet: the shapes on the way from 224 × 224 to 6 × 6", 0.5, "zfnet", {"lrn": False}, (3, 224, 224)
        ),
        case(
            "vgg",
            "VGG: the shapes of a narrow network",
            0.5,
            "vgg",
            {"cfg": (4, 6, "M", 8, "M", 10, "M", 12, 10, "M", 6, "M"), "in_ch": 2},
            (2, 224, 224),
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
    identity = "-".join([name, *(f"{key}{value}" for key, value in settings.items() if key != "cfg")])
    return case(identity, title, points, name, settings, shape, scale)


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
    expect_same_outputs(student, net, right, drawn(rng, 2, *shape) * scale, what="the maps")


@pytest.mark.parametrize(
    ("name", "settings", "maps"),
    [
        case(name, f"{title}: fc6, fc7 and fc8, with ReLU and dropout", points, name, settings, maps)
        for name, settings, maps, title, points in (
            ("vgg", {"cfg": [8, "M", 5, "M"], "num_classes": 7}, (5, 7, 7), "VGG", 0.5),
            ("alexnet", {"num_classes": 7}, (256, 6, 6), "AlexNet", 0.25),
        )
    ],
)
def test_dense_end(student, rng, name, settings, maps):
    biases = [drawn(rng, width) for width in (4096, 4096, settings["num_classes"])]
    given = drawn(rng, 2, *maps)
    for training in (False, True):
        net = build(student, rng, name, is_blank=True, **settings)
        features_of(student, net)
        entered, logits = student.run(inside.DENSE_END, net, given, biases, training, seed_of(rng))
        expect_dense_end(entered, logits, given, biases, training)


@pytest.mark.points(0.25)
@pytest.mark.title("VGG: the list of layers stays as it was")
def test_keeps_cfg(student):
    cfg = [8, "M", 5, 6, "M"]
    left = student.run(inside.KEEPS_CFG, cfg)
    expect(left == cfg, f"vgg was called with {cfg} and left {left}: whoever calls it may need the list again.")


@pytest.mark.points(0.25)
@pytest.mark.title("VGG: the gradient reaches every layer")
def test_gradients(student, rng):
    cfg = (8, "M", 12, "M", 16, "M", 16, "M", 16, "M")
    net, right = build(student, rng, "vgg", cfg, 5, 1, is_blank=True), blank(vgg, cfg, 5, 1)
    expect_count(tensors(student, net), tensors_of(right), "A narrow VGG")
    write_weights(student, rng, features_of(student, net), right[:-DENSE])
    write_dense(student, rng, net, right)
    reached = student.run(inside.REACHED, net, drawn(rng, 2, 1, 224, 224))
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
        net = student.run(inside.MAKE, kind, int(rng.integers(12, 20)))
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
    expect_same_outputs(student, net, right, drawn(rng, 1, 3, 227, 227) * 60)
