"""Checks of rescaling, of batch normalisation in NumPy, and of the layer that does it in PyTorch."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import strategies as st

from grader.authoring import (
    Chart,
    Curve,
    case,
    expect,
    expect_close,
    expect_dtype,
    expect_pure,
    expect_shape,
    for_all,
    in_case,
    numeric_gradient,
    seed_of,
)
from reference.normalisation import batchnorm_backward, batchnorm_forward, rescale
from reference.shapes import make_shapes

from . import inside
from .layers import built, drawn, tensor

NAMES = ("dx", "dgamma", "dbeta")


@pytest.mark.points(0.5)
@pytest.mark.title("Rescale to [0, 1]")
def test_rescale(student, rng):
    for x in (np.array([[-0.25, 0.0], [0.125, 0.75]]), rng.normal(size=(3, 4, 5)) * 9 + 40):
        expect_close(student.rescale(x), rescale(x))


@pytest.mark.points(0.5)
@pytest.mark.title("Rescale to other bounds")
def test_rescale_bounds(student, rng):
    for lo, hi in ((-1.0, 1.0), (0.0, 255.0), (2.0, 5.0)):
        x = rng.normal(size=(3, 4))
        expect_close(student.rescale(x, lo=lo, hi=hi), rescale(x, lo, hi), what=f"out for lo={lo:g} and hi={hi:g}")


@pytest.mark.points(0.25)
@pytest.mark.title("Rescale columns, or the images of a batch, each by itself")
def test_rescale_axis(student, rng):
    for shape, axis in (((3, 4), 0), ((2, 3, 4, 5), (1, 2, 3))):
        x = rng.normal(size=shape) * 5 + 2
        expect_close(student.rescale(x, axis=axis), rescale(x, axis=axis), what=f"out for axis={axis}")


@pytest.mark.points(0.25)
@pytest.mark.title("Rescale numbers that are all equal")
def test_rescale_constant(student):
    x = np.array([[1.0, 7.0], [3.0, 7.0], [2.0, 7.0]])
    expect_close(student.rescale(x, axis=0), rescale(x, axis=0), what="out for axis=0")
    expect_close(student.rescale(np.full((2, 3), 7.0), lo=-1.0), np.full((2, 3), -1.0), what="out of equal numbers")


@pytest.mark.parametrize(
    "shape",
    [
        case("rows", "Batch norm of rows, training", 0.5, (5, 3)),
        case("images", "Batch norm of images, training", 0.75, (2, 3, 2, 4)),
    ],
)
def test_forward(student, rng, shape):
    x, gamma, beta, bn_param = drawn(rng, shape)
    out, _cache = student.batchnorm_forward(x, gamma, beta, bn_param)
    expect_close(out, batchnorm_forward(x, gamma, beta, bn_param)[0])


@pytest.mark.points(0.5)
@pytest.mark.title("Batch norm in test mode, also of a single image")
def test_forward_test_mode(student, rng):
    for shape in ((4, 3), (1, 3, 2, 2)):
        x, gamma, beta, bn_param = drawn(rng, shape, "test")
        out, _cache = student.batchnorm_forward(x, gamma, beta, bn_param)
        expect_close(out, batchnorm_forward(x, gamma, beta, bn_param)[0])


@pytest.mark.points(0.25)
@pytest.mark.title("eps: a channel that hardly varies, and one that does not vary at all")
def test_eps(student, rng):
    x, gamma, beta, _ = drawn(rng, (6, 3))
    x[:, 0], x[:, 1] = rng.normal(size=6) / 200, 0.5
    for bn_param in ({"mode": "train", "eps": 1e-3}, {"mode": "train"}):
        out, _cache = student.batchnorm_forward(x, gamma, beta, bn_param)
        expect_close(out, batchnorm_forward(x, gamma, beta, bn_param)[0])


@pytest.mark.points(0.25)
@pytest.mark.title("A number added to a whole column changes nothing")
def test_shift_invariance(student, rng):
    def holds(column, shift):
        x = np.array([column, column[::-1]]).T
        moved = x + np.array([shift, 0.0])
        ones, bn_param = np.ones(2), {"mode": "train"}
        outs = [student.batchnorm_forward(given, ones, 0 * ones, bn_param)[0] for given in (x, moved)]
        expect_shape(outs[0], x.shape)
        with in_case(x=x):
            expect_close(outs[1], outs[0], rtol=1e-7, atol=1e-7, what=f"out with {shift:g} added to column 0 of x")

    digits = st.sampled_from([float(n) for n in (0, 1, -1, 2, 3, -3, 5)])
    for_all(holds, rng, st.lists(digits, min_size=2, max_size=5), st.sampled_from([1.0, -2.0, 4.0]))


@pytest.mark.parametrize(
    "part",
    [
        case(part, f"Backward: {part}", points, part)
        for part, points in (("dx", 1.0), ("dgamma", 0.25), ("dbeta", 0.25))
    ],
)
def test_backward(student, rng, part):
    for shape in ((5, 3), (2, 3, 2, 4)):
        x, gamma, beta, bn_param = drawn(rng, shape)
        dout = rng.normal(size=shape)
        _out, cache = student.batchnorm_forward(x, gamma, beta, bn_param)
        got = dict(zip(NAMES, student.batchnorm_backward(dout, cache), strict=True))
        right = batchnorm_backward(dout, batchnorm_forward(x, gamma, beta, bn_param)[1])
        expect_close(got[part], dict(zip(NAMES, right, strict=True))[part], what=part)


@pytest.mark.points(0.25)
@pytest.mark.title("Backward: dx agrees with numeric differences")
def test_backward_numeric(student, rng):
    x, gamma, beta, bn_param = drawn(rng, (2, 2, 2, 2))
    dout = rng.normal(size=x.shape)
    _out, cache = student.batchnorm_forward(x, gamma, beta, bn_param)
    dx, _dgamma, _dbeta = student.batchnorm_backward(dout, cache)
    numeric = numeric_gradient(lambda: (batchnorm_forward(x, gamma, beta, bn_param)[0] * dout).sum(), x)
    expect_close(dx, numeric, rtol=1e-7, atol=1e-7, what="dx")


@pytest.mark.points(0.75)
@pytest.mark.title("Layer: weight and bias are learnt, the running statistics are saved with them")
def test_layer_state(student):
    layer = student.run(inside.MAKE, 3)
    state = student.run(inside.STATE, layer)
    expect(state is not None, "BatchNorm2d is no nn.Module: derive the class from it.")
    expect(
        sorted(state["trained"]) == ["bias", "weight"],
        f"The layer's trainable parameters are {sorted(state['trained'])}; they should be weight and bias.",
    )
    for name, value in (("weight", 1), ("bias", 0)):
        expect_close(state["parameters"][name], np.full(3, float(value)), what=f"the new layer's {name}")
    for name, value in (("running_mean", 0), ("running_var", 1)):
        told = f"{name} is missing in state_dict: a saved network would forget it. register_buffer keeps it."
        expect(name in state["saved"], told)
        expect_close(state["saved"][name], np.full(3, float(value)), what=f"the new layer's {name}")


@pytest.mark.points(0.5)
@pytest.mark.title("Layer: training output")
def test_layer_training(student, rng):
    for settings in ({}, {"eps": 0.5}):
        layer, right = built(student, rng, 3, **settings)
        batches = [tensor(rng, 2, 3, 2, 4), tensor(rng, 3, 3, 1, 2)]
        outs, *_running = student.run(inside.TRAIN_STEPS, layer, batches)
        right.train()
        for got, batch in zip(outs, batches, strict=True):
            expect_close(got, right(batch).detach(), what="the output in training mode")


@pytest.mark.points(0.75)
@pytest.mark.title("Layer: the running statistics after three batches")
def test_layer_running(student, rng):
    for settings in ({}, {"momentum": 0.3}):
        layer, right = built(student, rng, 3, **settings)
        batches = [tensor(rng, 2, 3, 2, 4) for _ in range(3)]
        _outs, mean, variance = student.run(inside.TRAIN_STEPS, layer, batches)
        right.train()
        for batch in batches:
            right(batch)
        expect_close(mean, right.running_mean, what="running_mean")
        expect_close(variance, right.running_var, what="running_var")


@pytest.mark.points(0.75)
@pytest.mark.title("Layer: evaluation, also of one image, leaves no trace")
def test_layer_evaluation(student, rng):
    layer, right = built(student, rng, 3)
    batches = [tensor(rng, 2, 3, 2, 4) for _ in range(2)]
    student.run(inside.TRAIN_STEPS, layer, batches)
    for batch in batches:
        right.train()(batch)
    images = [tensor(rng, 1, 3, 2, 2), tensor(rng, 2, 3, 2, 4)]
    outs, mean, variance = student.run(inside.EVALUATE, layer, images)
    for got, batch in zip(outs, images, strict=True):
        expect_close(got, right.eval()(batch).detach(), what="the output in evaluation mode")
    expect_close(mean, right.running_mean, what="running_mean after evaluation")
    expect_close(variance, right.running_var, what="running_var after evaluation")


@pytest.mark.points(0.5)
@pytest.mark.title("Layer: the gradients, in two steps of training")
def test_layer_gradients(student, rng):
    layer, right = built(student, rng, 3)
    batches, douts = ([tensor(rng, 2, 3, 2, 4) for _ in range(2)] for _ in range(2))
    found, is_tracked = student.run(inside.GRADIENTS, layer, batches, douts)
    right.train()
    for got, batch, dout in zip(found, batches, douts, strict=True):
        x = batch.clone().requires_grad_()
        right.zero_grad()
        (right(x) * dout).sum().backward()
        for name, gradient, wanted in zip(("x", "weight", "bias"), got, (x, right.weight, right.bias), strict=True):
            expect(gradient is not None, f"No gradient reaches {name}.")
            expect_close(gradient, wanted.grad, atol=1e-10, what=f"the gradient of {name}")
    expect(not is_tracked, "The running statistics require a gradient: they are collected, not learnt.")


@pytest.mark.points(0.5)
@pytest.mark.undiagnosed
@pytest.mark.seconds(20)
@pytest.mark.title("Layer: it makes a deep network learn that stays at chance without it")
def test_layer_learns(student, rng):
    images, labels = make_shapes(1000, rng, size=16, classes=("disc", "frame", "cross", "hbar"))
    images, labels = torch.from_numpy(images), torch.from_numpy(labels)
    given, curves, shares = (images[:600], labels[:600], images[600:], seed_of(rng)), [], []
    for normalises, name in ((False, "without"), (True, "with your layer")):
        logits, losses = student.run(inside.LEARN, *given, normalises)
        expect_shape(logits, (400, 4), what="the logits")
        shares.append(float((logits.argmax(1) == labels[600:]).double().mean()))
        curves.append(Curve.of(f"{name}: {shares[-1]:.0%} of new images named", losses))
        note = "The same network, weights, images and steps; it guesses where the loss stays at ln 4 = 1.39."
        student.show(Chart("With and without batch norm", "step", "cross-entropy", tuple(curves), note=note))
    told = f"After three epochs the network names {shares[1]:.0%} of 400 new images; 90% is usual, 50% is asked for."
    expect(shares[1] >= 0.5, told)


@pytest.mark.points(0.25)
@pytest.mark.title("float32 in, float32 out")
def test_types(student, rng):
    x, gamma, beta, bn_param = drawn(rng, (4, 3), dtype=np.float32)
    expect_dtype(student.rescale(x, lo=-1.0), np.float32, "the output of rescale")
    for mode in ("test", "train"):
        out, cache = student.batchnorm_forward(x, gamma, beta, bn_param | {"mode": mode})
        expect_dtype(out, np.float32, f"out in mode {mode}")
    for name, gradient in zip(NAMES, student.batchnorm_backward(x, cache), strict=True):
        expect_dtype(gradient, np.float32, name)


@pytest.mark.points(0.25)
@pytest.mark.title("The inputs stay as they were, and the results are new memory")
def test_purity(student, rng):
    x, gamma, beta, bn_param = drawn(rng, (2, 3, 2, 4))
    student.rescale(x)
    expect_pure(student, "rescale")
    for mode in ("test", "train"):
        _out, cache = student.batchnorm_forward(x, gamma, beta, bn_param | {"mode": mode})
        expect_pure(student, "batchnorm_forward")
    student.batchnorm_backward(rng.normal(size=x.shape), cache)
    expect_pure(student, "batchnorm_backward")
    layer = student.BatchNorm2d(3)
    layer(torch.from_numpy(x).float())
    expect_pure(student, "BatchNorm2d")


@pytest.mark.hidden
@pytest.mark.points(0.25)
@pytest.mark.title("Layer: other settings, and many batches")
def test_layer_other_settings(student, rng):
    layer, right = built(student, rng, 5, eps=0.1, momentum=0.01)
    batches = [tensor(rng, 3, 5, 3, 2) for _ in range(8)]
    outs, mean, variance = student.run(inside.TRAIN_STEPS, layer, batches)
    right.train()
    for got, batch in zip(outs, batches, strict=True):
        expect_close(got, right(batch).detach(), what="the output in training mode")
    expect_close(mean, right.running_mean, what="running_mean")
    expect_close(variance, right.running_var, what="running_var")
