"""One convolution layer of 3×3 kernels in float32, as in the middle of a classic network."""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.benchmark.work import Expected, Work
from reference.conv import conv_forward_im2col

CASES = ("graded", "gpu", "strided")
"""`graded` suits one core of a processor; `gpu` has so many channels that arithmetic outweighs moving the images."""

LAYERS = {"graded": (8, 64, 28, 64, 1), "gpu": (32, 256, 28, 256, 1), "strided": (8, 32, 57, 96, 2)}
"""Images, channels, side, kernels, stride of each case; kernels are 3×3 and the padding is 1."""

KERNEL, PAD = 3, 1
LIBRARY = """
from torch.nn import functional as F


def conv_forward(x, w, b, stride, pad):
    return F.conv2d(x, w, b, stride, pad)
"""


def work(case: str = "graded") -> Work:
    """One call of `conv_forward`."""
    n, c, side, f, stride = LAYERS[case]
    out = (side + 2 * PAD - KERNEL) // stride + 1

    def draw(rng: np.random.Generator) -> tuple[Any, ...]:
        shapes = (n, c, side, side), (f, c, KERNEL, KERNEL), (f,)
        return (*(rng.standard_normal(shape, dtype=np.float32) for shape in shapes), stride, PAD)

    return Work(
        entry="conv_forward",
        shape=f"N={n}, C={c}, {side}×{side}, {f} kernels of 3×3, stride {stride}, padding 1, float32",
        draw=draw,
        expected=expected,
        operations=2.0 * n * f * out * out * c * KERNEL * KERNEL,
        bytes_moved=4.0 * (n * c * side * side + f * c * KERNEL * KERNEL + f + n * f * out * out),
        library=LIBRARY,
    )


def expected(arguments: tuple[Any, ...]) -> tuple[Expected, ...]:
    """The maps in double precision, and the same of absolute values."""
    *arrays, stride, pad = arguments
    settings = {"stride": stride, "pad": pad}
    exact = [array.astype(np.float64) for array in arrays]
    value, _ = conv_forward_im2col(*exact, settings)
    scale, _ = conv_forward_im2col(*map(np.abs, exact), settings)
    return (Expected(value, scale),)
