"""Checks of max pooling in torch and of its gradient: values, ties, memory layout, device."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import strategies as st

from grader.authoring import case, expect, expect_dtype, expect_equal, expect_pure, for_all
from grader.authoring.device import expect_beside
from reference.pooling import pool_backward_offsets, pool_forward_views

# These functions run in the sandbox, beside the submission.
TRANSPOSED = """
def transposed(x, window, stride):
    return submission.max_pool(x.transpose(2, 3), window, stride)
"""

ON_DEVICE = """
def on_device(dout, x, window, stride):
    device = "cuda" if torch.cuda.is_available() else "cpu"
    dout, x = dout.to(device), x.to(device)
    out, dx = submission.max_pool(x, window, stride), submission.max_pool_backward(dout, x, window, stride)
    return [out.device.type == dx.device.type == device, out.cpu(), dx.cpu()]
"""


def layer(name, title, points, shape, window, stride):
    """A layer by its images' shape and its settings: one check."""
    return case(name, title, points, shape, window, stride)


# Measured to tell the samples in submissions/wrong apart.
LAYERS = [
    layer("halves", "2×2 windows side by side", 0.5, (2, 3, 6, 8), 2, 2),
    layer("overlap", "Overlapping windows: 3×3, stride 2", 1, (2, 2, 9, 11), 3, 2),
    layer("floor", "Windows that do not cover a 5×7 image", 1, (2, 2, 5, 7), 2, 2),
    layer("gaps", "Windows with gaps between them: 2×2, stride 3", 0.5, (1, 2, 9, 7), 2, 3),
    layer("dense", "A window at every pixel", 0.25, (1, 2, 6, 7), 3, 1),
]


@pytest.mark.parametrize(("shape", "window", "stride"), LAYERS)
def test_forward(student, rng, shape, window, stride):
    x = drawn(rng, *shape)
    expect_equal(student.max_pool(x, window, stride), pooled(x, window, stride))


@pytest.mark.points(0.5)
@pytest.mark.title("Values that are all negative")
def test_all_negative(student, rng):
    x = -drawn(rng, 2, 2, 6, 8).abs() - 1
    expect_equal(student.max_pool(x, 2, 2), pooled(x, 2, 2))


@pytest.mark.points(0.5)
@pytest.mark.title("A tensor that lies transposed in memory")
def test_transposed(student, rng):
    x = drawn(rng, 1, 2, 6, 9)
    expect_equal(student.run(TRANSPOSED, x, 3, 2), pooled(x.transpose(2, 3), 3, 2))


BACKWARD = [
    layer("halves", "Gradient of windows side by side", 0.5, (2, 2, 6, 8), 2, 2),
    layer("overlap", "Gradient of overlapping windows adds up", 1, (2, 2, 7, 9), 3, 2),
    layer("floor", "Gradient of windows that do not cover the image", 0.5, (2, 2, 5, 7), 2, 2),
    layer("gaps", "Gradient of windows with gaps between them", 0.5, (1, 2, 9, 7), 2, 3),
]


@pytest.mark.parametrize(("shape", "window", "stride"), BACKWARD)
def test_gradient(student, rng, shape, window, stride):
    expect_gradient(student, rng, drawn(rng, *shape), window, stride)


@pytest.mark.points(1)
@pytest.mark.title("Gradient where several pixels are equally large: the first in row-major order")
def test_ties(student, rng):
    x = torch.from_numpy(rng.integers(0, 3, size=(2, 2, 7, 9)).astype(float))
    expect_gradient(student, rng, x, 3, 2)


@pytest.mark.points(0.25)
@pytest.mark.title("The gradient belongs to the x that it is given, whatever was pooled last")
def test_another_image(student, rng):
    x, other = drawn(rng, 1, 2, 6, 6), drawn(rng, 1, 2, 6, 6)
    dout = douts(rng, x, 2, 2)
    student.max_pool(other, 2, 2)
    got = student.max_pool_backward(dout, x, 2, 2)
    expect(
        not isinstance(got, torch.Tensor) or not np.array_equal(got.numpy(), gradient(dout, other, 2, 2)),
        "The gradient is that of the image that was pooled last.",
        lesson="remembers_the_last_image",
    )
    expect_equal(got, gradient(dout, x, 2, 2), what="dx")


@pytest.mark.points(0.5)
@pytest.mark.title("Whatever is made on the way lies on the device of x")
def test_device(student, rng):
    x = drawn(rng, 1, 2, 6, 7)
    dout = douts(rng, x, 3, 2)
    expect_beside(student, "max_pool", x, 3, 2)
    expect_beside(student, "max_pool_backward", dout, x, 3, 2)


@pytest.mark.points(0.5)
@pytest.mark.title("float32 stays float32, on the GPU where there is one")
def test_float32(student, rng):
    x = drawn(rng, 2, 3, 9, 8).float()
    dout = douts(rng, x, 3, 2).float()
    beside, out, dx = student.run(ON_DEVICE, dout, x, 3, 2)
    expect(beside, "A result does not lie on the device of x.")
    expect_equal(out, pooled(x, 3, 2))
    expect_dtype(out, np.float32)
    expect_equal(dx, gradient(dout, x, 3, 2), what="dx")
    expect_dtype(dx, np.float32, what="dx")


@pytest.mark.points(0.25)
@pytest.mark.title("The inputs stay as they were, and the outputs are new memory")
def test_purity(student, rng):
    for window, stride in ((2, 2), (1, 1), (3, 1)):
        x = drawn(rng, 1, 2, 6, 5)
        dout = douts(rng, x, window, stride)
        expect_equal(student.max_pool(x, window, stride), pooled(x, window, stride))
        expect_pure(student, "max_pool")
        expect_equal(student.max_pool_backward(dout, x, window, stride), gradient(dout, x, window, stride), what="dx")
        expect_pure(student, "max_pool_backward")


@pytest.mark.points(0.25)
@pytest.mark.title("Any layer: what the gradient passes back is what came in, and it goes to maxima")
def test_any_layer(student, rng):
    digits = int(rng.integers(2**32))

    def holds(window, stride, room, batch):
        values = np.random.default_rng(digits)
        x = torch.from_numpy(values.integers(-9, 10, size=(batch, 2, window + room, window + room + 1)).astype(float))
        dout = douts(values, x, window, stride)
        expect_equal(student.max_pool(x, window, stride), pooled(x, window, stride))
        dx = student.max_pool_backward(dout, x, window, stride)
        expect_equal(dx, gradient(dout, x, window, stride), what="dx")
        expect_equal(dx.sum((2, 3)), dout.sum((2, 3)), what="the sum of dx over each map")

    for_all(holds, rng, st.integers(1, 3), st.integers(1, 3), st.integers(0, 4), st.integers(1, 2), examples=15)


@pytest.mark.points(0.5)
@pytest.mark.hidden
@pytest.mark.title("Larger maps with ties, and windows that overlap more than twice")
def test_larger(student, rng):
    x = torch.from_numpy(rng.integers(-20, 20, size=(2, 5, 17, 22)).astype(float))
    expect_equal(student.max_pool(x, 4, 1), pooled(x, 4, 1))
    expect_gradient(student, rng, x, 4, 1)


def expect_gradient(student, rng, x, window, stride):
    """A gradient of whole numbers, so that sums of it are exact in any order."""
    dout = douts(rng, x, window, stride)
    expect_equal(student.max_pool_backward(dout, x, window, stride), gradient(dout, x, window, stride), what="dx")


def drawn(rng, *shape):
    """Normal numbers in double precision."""
    return torch.from_numpy(rng.normal(size=shape))


def douts(rng, x, window, stride):
    """Whole numbers of both signs and without zeros, of the maps' shape."""
    shape = pooled(x, window, stride).shape
    return torch.from_numpy(rng.integers(1, 100, size=shape) * rng.choice([-1.0, 1.0], size=shape))


def settings(window, stride):
    """As the NumPy reference takes them."""
    return {"pool_height": window, "pool_width": window, "stride": stride, "type": "max"}


def pooled(x, window, stride):
    """The maps by the NumPy reference."""
    return pool_forward_views(x.numpy(), settings(window, stride))[0]


def gradient(dout, x, window, stride):
    """The gradient by the NumPy reference."""
    _, cache = pool_forward_views(x.numpy(), settings(window, stride))
    return pool_backward_offsets(dout.numpy(), cache)
