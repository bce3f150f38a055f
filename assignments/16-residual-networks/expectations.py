"""Blocks and networks compared with the reference's, of either version where the stride may stand in two places."""

from __future__ import annotations

from collections import Counter

import torch

from grader.authoring import expect
from grader.authoring.networks import (
    blank,
    build,
    called,
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
from reference.models import resnet as reference

from . import inside

IMAGENET = (3, 224, 224)
SMALL = (3, 32, 32)
BLOCKS = {"BasicBlock": reference.BasicBlock, "Bottleneck": reference.Bottleneck}
PROBED = {"BasicBlock": (4, 6, 2), "Bottleneck": (8, 4)}


def expect_structure(student, rng, name, args):
    """A block has the reference's parameters, and gives the reference's shape."""
    shown = called(name, *args)
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
    images = drawn(rng, 3, args[0], 9, 7)
    expect_same_outputs(student, net, right, images, what=f"the output of {called(name, *args)}")


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
    student.run(inside.PROBE, name, args, torch.linspace(-1, 1, args[0] * 30).view(1, args[0], 6, 5), False)


def blank_resnet(depth, *args, **settings):
    """Our own network without weights."""
    return blank(reference.resnet, depth, *args, **settings)
