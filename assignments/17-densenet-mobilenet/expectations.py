"""Networks compared with the reference's, and a network of the student's own with its budget."""

from __future__ import annotations

import dataclasses

import torch

from grader.authoring import expect
from grader.authoring.networks import (
    blank,
    build,
    called,
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

from . import inside

BUDGET = 5000


def expect_like(student, rng, name, reference, shape, **settings):
    """The student's network has the reference's parameters, shapes on the way and mult-adds."""
    net, right = build(student, rng, name, is_blank=True, **settings), blank(reference, **settings)
    what = called(name, **settings)
    expect_count(tensors(student, net), tensors_of(right), what)
    found, expected = running(student, net, shape), running_of(right, shape)
    expect_out(found, expected, f"{what} on {times(shape)}")
    expect_maps(without_means(found), without_means(expected))
    expect_mult_adds(found, expected, f"{what} on {times(shape)}")


def without_means(found):
    """What ran, but for the mean of each whole map: it leaves 1 × 1 or nothing, as it is written."""
    return dataclasses.replace(found, ran=tuple(each for each in found.ran if each[1][1:] != (1, 1)))


def expect_same(student, rng, name, reference, images, **settings):
    """The student's network gives the reference's logits with the reference's weights."""
    net, right = build(student, rng, name, is_blank=True, **settings), blank(reference, **settings).double()
    write_weights(student, rng, net, right, in_any_order=True)
    expect_same_outputs(student, net, right, images)


def expect_out(found, expected, what):
    """What comes out at the end has the reference's shape; a batch of one was sent through."""
    told = (
        f"{what} gives {' and '.join(map(times, found.out))}; {times(expected.out[0])} is expected (N, then the rest)."
    )
    expect(found.out == expected.out, told)


def expect_small(student, net):
    """A network within the budget whose convolutions are depthwise or pointwise; gives its number of parameters."""
    found = tensors(student, net)
    count = found.count + sum(torch.Size(shape).numel() for _, shape in found.frozen)
    expect(count <= BUDGET, f"small_net has {count:,} parameters; at most {BUDGET:,} are allowed.")
    depthwise = pointwise = 0
    for number, (shape, groups) in enumerate(student.run(inside.CONVOLUTIONS, net), 1):
        is_pointwise = tuple(shape[2:]) == (1, 1)
        told = (
            f"Convolution {number} of small_net has a kernel of shape {tuple(shape)}: {shape[1]} maps are read"
            " at once. A kernel larger than 1 × 1 may read one map alone."
        )
        expect(is_pointwise or shape[1] == 1, told)
        pointwise += is_pointwise
        depthwise += not is_pointwise and groups > 1
    told = (
        f"small_net has {depthwise} depthwise and {pointwise} pointwise convolutions; at least 2 of each are expected."
    )
    expect(depthwise >= 2 and pointwise >= 2, told)
    return count


def input_gradient(net, images, weights):
    """The gradient of the weighted sum of all outputs, in training mode."""
    net.train()
    images = images.clone().requires_grad_()
    (net(images) * weights).sum().backward()
    return images.grad
