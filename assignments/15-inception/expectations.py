"""The parts of GoogLeNet and the network compared with the reference's, under the same weights."""

from __future__ import annotations

import torch

from grader.authoring import expect, expect_shape, seed_of
from grader.authoring.networks import blank, build, drawn, expect_same_outputs, times, write_weights
from reference.models.googlenet import AuxHead, GoogLeNet, Inception

from . import inside

SMALL = (5, 3, 2, 7, 4, 6, 8)
"""Widths of a small inception module: no two are equal, so that no branch passes for another."""


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
    x = drawn(rng, *shape)
    expect_same_outputs(student, net, right, x, modes=["evaluation"], what="the module's output")
    return net, x


def expect_same_head(student, rng, shape):
    """With the same weights the student's head gives the reference's logits. Returns the head and its input."""
    net, right = build(student, rng, "AuxHead", shape[1], 10, is_blank=True), blank(AuxHead, shape[1], 10).double()
    write_weights(student, rng, net, right, in_any_order=True)
    x = drawn(rng, *shape)
    expect_same_outputs(student, net, right, x, what=f"the head's logits of maps {shape[2]}×{shape[3]}")
    return net, x


def expect_left_out(student, rng, net, shape, share):
    """The share of features that dropout leaves out, in 2 048 draws."""
    for training, expected in ((False, 0.0), (True, share)):
        out = student.run(inside.LEFT_OUT, net, list(shape), training, seed_of(rng))
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
