"""LeNet-5 layer by layer: shapes, parameters, and the logits under weights that are written into it."""

from __future__ import annotations

import torch

from grader.authoring import CheckFailed, expect, expect_close, seed_of
from grader.authoring.networks import build, drawn, predict, times

from . import inside

LAYERS = ("c1", "s2", "c3", "s4", "c5", "f6", "out")
SHAPES = {
    **{"c1": (6, 28, 28), "s2": (6, 14, 14), "c3": (16, 10, 10), "s4": (16, 5, 5)},
    **{"c5": (120,), "f6": (84,), "out": (10,)},
}
MODERN = {"c1": 156, "s2": 0, "c3": 2416, "s4": 0, "c5": 48120, "f6": 10164, "out": 850}
PUBLISHED = {"c1": 156, "s2": 12, "c3": 1516, "s4": 32, "c5": 48120, "f6": 10164, "out": 0}


def build_net(student, rng, **settings):
    """A network with reproducible initial weights."""
    return build(student, rng, "LeNet5", **settings)


def look_at(student, net):
    """What the network is made of, by layer."""
    found = student.run(inside.STRUCTURE, net, list(LAYERS))
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


def expect_written(student, rng, net, right, skip=()):
    """Write the same random weights into both networks; fails with the first that does not fit."""
    values = {layer: {} for layer in LAYERS}
    for name, parameter in right.named_parameters():
        layer, _, kind = name.rpartition(".")
        if layer.partition(".")[0] not in skip:
            values[layer][kind] = random_weights(rng, parameter)
    problems, others = student.run(inside.WRITE, net, values)
    if problems:
        name, shapes, expected = problems[0]
        own = " and ".join(str(tuple(shape)) for shape in shapes) or "not there"
        raise CheckFailed(f"{name} is {own}; in LeNet-5 its shape is {tuple(expected)}.")
    expect(not others, f"There are parameters outside the seven layers: {', '.join(others)}.")


def random_weights(rng, parameter):
    """Weights that keep the signal's size from layer to layer; they replace those of `parameter`."""
    spread = parameter[0].numel() ** -0.5 if parameter.ndim > 1 else 0.3
    values = torch.from_numpy(rng.normal(size=tuple(parameter.shape)) * spread).float()
    with torch.no_grad():
        parameter.copy_(values)
    return values


def expect_same_logits(student, rng, net, right):
    """The student's logits are the reference's, in training mode and in evaluation mode."""
    images = drawn(rng, 5, 1, 32, 32)
    with torch.no_grad():
        expected = right(images.double())
    for training, mode in ((False, "evaluation"), (True, "training")):
        got = predict(student, net, images, training=training, seed=seed_of(rng))
        expect_logits_close(got, expected, what=f"the logits in {mode} mode")


def expect_logits_close(got, expected, what):
    """Equal up to what float32 rounds."""
    expect_close(got, expected, rtol=1e-4, atol=2e-5 * float(abs(expected).max()), what=what)


def flat(shape):
    """A shape without the 1 × 1 that a convolution down to one pixel leaves."""
    return shape[:1] if shape[1:] == (1, 1) else shape
