"""A network's two parts, features and dense end, and where its parameters are."""

from __future__ import annotations

import torch
from torch import nn

from grader.authoring import Chart, Curve, expect, expect_close, expect_shape
from grader.authoring.networks import tensors

from . import inside

DENSE = 3
"""Every reference ends in fc6, fc7 and fc8; what stands before them are its features."""


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


def write_dense(student, rng, net, right, units=64):
    """Write the same numbers into fc6, fc7 and fc8 of both networks, for the first `units` of 4096."""
    layers = [layer for layer in right[-DENSE:].modules() if isinstance(layer, nn.Linear)]
    weights, biases = [], []
    for layer in layers:
        sides = tuple(units if side == 4096 else side for side in layer.weight.shape)
        weights.append(torch.from_numpy(rng.normal(size=sides) * (2 / sides[1]) ** 0.5).float())
        biases.append(torch.from_numpy(rng.normal(size=len(layer.bias)) / 5).float())
    student.run(inside.WRITE_DENSE, net, weights, biases)
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
    features = student.run(inside.FEATURES, net)
    told = "The network has no child named features: it holds everything up to and including the last pooling."
    expect(features is not None, told)
    return features
