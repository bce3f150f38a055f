"""Checks of the convolution in torch: values, memory layout, device, rounding."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
import torch
from hypothesis import strategies as st

from grader.authoring import case, expect, expect_close, expect_pure, expect_scaled, for_all
from grader.authoring.device import expect_beside
from reference.conv import conv_forward_im2col

# These functions run in the sandbox, beside the submission.
TRANSPOSED = """
def transposed(x, w, b, stride, pad):
    return submission.conv_forward(x.transpose(2, 3), w.transpose(2, 3), b, stride, pad)
"""

ON_DEVICE = """
def on_device(x, w, b, stride, pad):
    device = "cuda" if torch.cuda.is_available() else "cpu"
    out = submission.conv_forward(x.to(device), w.to(device), b.to(device), stride, pad)
    return [out.device.type == device, str(out.dtype), out.cpu()]
"""


def layer(name, title, points, x, w, stride=1, pad=0):
    """A layer by the shapes of its images and kernels: one check."""
    return case(name, title, points, x, w, stride, pad)


# Measured to tell the samples in submissions/wrong apart.
LAYERS = [
    layer("one", "One 3×3 kernel on a 5×6 image", 0.5, (1, 1, 5, 6), (1, 1, 3, 3)),
    layer("channels", "A batch with three channels, four kernels", 1.5, (2, 3, 8, 10), (4, 3, 3, 3)),
    layer("kernel-2x5", "A 2×5 kernel on an oblong image", 0.75, (1, 2, 8, 11), (2, 2, 2, 5)),
    layer("stride-2", "Stride 2 where the windows do not fit exactly", 1.25, (2, 2, 8, 11), (3, 2, 3, 3), 2, 1),
    layer("stride-3", "Stride 3, padding 2 and a 3×5 kernel", 1, (1, 2, 9, 10), (2, 2, 3, 5), 3, 2),
    layer("odd", "Padding 1, and maps of odd sides", 1, (2, 3, 7, 5), (2, 3, 3, 3), 1, 1),
    layer("kernel-1x1", "A 1×1 kernel mixes channels", 0.25, (2, 4, 5, 6), (3, 4, 1, 1)),
    layer("whole-image", "A kernel as large as the image", 0.25, (2, 3, 4, 6), (5, 3, 4, 6)),
]


@pytest.mark.parametrize(("x_shape", "w_shape", "stride", "pad"), LAYERS)
def test_forward(student, rng, x_shape, w_shape, stride, pad):
    x, w, b = (drawn(rng, *shape) for shape in (x_shape, w_shape, w_shape[:1]))
    expect_close(student.conv_forward(x, w, b, stride, pad), right(x, w, b, stride, pad))


@pytest.mark.points(0.5)
@pytest.mark.title("Two layers of one shape, one after the other")
def test_again(student, rng):
    first, second = ((drawn(rng, 1, 2, 6, 7), drawn(rng, 2, 2, 3, 3), drawn(rng, 2)) for _ in range(2))
    expect_close(student.conv_forward(*first, 1, 1), right(*first, 1, 1))
    got = student.conv_forward(*second, 1, 1)
    expect(
        not isinstance(got, torch.Tensor) or tuple(got.shape) != (1, 2, 6, 7) or not close(got, right(*first, 1, 1)),
        "The second layer's maps are those of the first.",
        lesson="keeps_the_first_answer",
    )
    expect_close(got, right(*second, 1, 1))


@pytest.mark.points(0.5)
@pytest.mark.title("Tensors that lie transposed in memory")
def test_transposed(student, rng):
    x, w, b = drawn(rng, 1, 2, 6, 8), drawn(rng, 2, 2, 3, 2), drawn(rng, 2)
    for pad in (1, 0):
        expected = right(x.transpose(2, 3), w.transpose(2, 3), b, 1, pad)
        expect_close(student.run(TRANSPOSED, x, w, b, 1, pad), expected)


@pytest.mark.points(0.5)
@pytest.mark.title("Whatever is made on the way lies on the device of x")
def test_device(student, rng):
    x, w, b = drawn(rng, 1, 2, 6, 7), drawn(rng, 2, 2, 3, 3), drawn(rng, 2)
    expect_beside(student, "conv_forward", x, w, b, 1, 1)


@pytest.mark.points(1)
@pytest.mark.title("float32, on the GPU where there is one, with no more rounding than float32 has")
def test_float32(student, rng):
    x, w, b = (drawn(rng, *shape).float() for shape in ((2, 16, 10, 9), (6, 16, 3, 3), (6,)))
    beside, dtype, out = student.run(ON_DEVICE, x, w, b, 1, 1)
    expect(beside, "The result does not lie on the device of x.")
    expect(dtype == "torch.float32", f"out is {dtype}; torch.float32 is expected.")
    x, w, b = (tensor.double() for tensor in (x, w, b))
    expect_scaled(out, right(x, w, b, 1, 1), right(x.abs(), w.abs(), b.abs(), 1, 1))


@pytest.mark.points(0.25)
@pytest.mark.title("The inputs stay as they were, and the output is new memory")
def test_purity(student, rng):
    for kernel, stride, pad in (((2, 3), 1, 0), ((1, 1), 1, 0), ((2, 1), 2, 1)):
        x, w, b = drawn(rng, 1, 1, 6, 5), drawn(rng, 1, 1, *kernel), drawn(rng, 1)
        expect_close(student.conv_forward(x, w, b, stride, pad), right(x, w, b, stride, pad))
        expect_pure(student, "conv_forward")


def pairs(least, most):
    """Settings (height, width), the simplest first: a failure is shrunk in that order, one choice a setting."""
    return st.sampled_from(sorted(product(range(least, most + 1), repeat=2), key=sum))


BATCHES = st.sampled_from(sorted(product((1, 2), repeat=3), key=sum))


@pytest.mark.points(0.5)
@pytest.mark.title("Any layer: shapes and settings drawn at random, the smallest failure is shown")
def test_any_layer(student, rng):
    digits = int(rng.integers(2**32))

    def agrees(kernel, stride, pad, room, batch):
        values, (n, c, f) = np.random.default_rng(digits), batch
        sides = [max(1, side - 2 * pad) + more for side, more in zip(kernel, room, strict=True)]
        shapes = (n, c, *sides), (f, c, *kernel), (f,)
        x, w, b = (torch.from_numpy(values.integers(-9, 10, size=size).astype(float)) for size in shapes)
        expect_close(student.conv_forward(x, w, b, stride, pad), right(x, w, b, stride, pad))

    for_all(agrees, rng, pairs(1, 3), st.integers(1, 3), st.integers(0, 2), pairs(0, 4), BATCHES, examples=20)


@pytest.mark.points(0.25)
@pytest.mark.hidden
@pytest.mark.title("A larger layer, with stride 2")
def test_larger(student, rng):
    x, w, b = drawn(rng, 2, 12, 21, 18), drawn(rng, 9, 12, 5, 3), drawn(rng, 9)
    expect_close(student.conv_forward(x, w, b, 2, 1), right(x, w, b, 2, 1))


def drawn(rng, *shape):
    """Normal numbers in double precision."""
    return torch.from_numpy(rng.normal(size=shape))


def close(got, expected):
    """Whether a tensor has these values."""
    return np.allclose(got.numpy(), expected)


def right(x, w, b, stride, pad):
    """The layer's output by the NumPy reference."""
    return conv_forward_im2col(x.numpy(), w.numpy(), b.numpy(), {"stride": stride, "pad": pad})[0]
