"""One depthwise separable block in float32, of a shape from the middle of MobileNet."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch.nn import functional as F

from grader.benchmark.work import Expected, Work

CASES = ("graded", "strided", "late")
LAYERS = {"graded": (4, 64, 56, 64, 1), "strided": (4, 64, 57, 128, 2), "late": (8, 256, 14, 256, 1)}
"""Images, maps that come in, side, maps that go out, stride of each case."""

LIBRARY = """
from torch.nn import functional as F


def depthwise_separable(x, depthwise, pointwise, stride):
    hidden = F.conv2d(x, depthwise[:, None], stride=stride, padding=1, groups=x.shape[1]).relu_()
    return F.conv2d(hidden, pointwise[:, :, None, None]).relu_()
"""


def work(case: str = "graded") -> Work:
    """One call of `depthwise_separable`."""
    n, c, side, f, stride = LAYERS[case]
    out = (side - 1) // stride + 1

    def draw(rng: np.random.Generator) -> tuple[Any, ...]:
        shapes = (n, c, side, side), (c, 3, 3), (f, c)
        return (*(rng.standard_normal(shape, dtype=np.float32) for shape in shapes), stride)

    return Work(
        entry="depthwise_separable",
        shape=f"N={n}, {c} to {f} maps, {side}×{side}, stride {stride}, float32",
        draw=draw,
        expected=expected,
        operations=2.0 * n * out * out * c * (9 + f),
        bytes_moved=4.0 * (n * c * side * side + 9 * c + f * c + n * f * out * out),
        library=LIBRARY,
    )


def expected(arguments: tuple[Any, ...]) -> tuple[Expected, ...]:
    """The maps in double precision, and the same of absolute values: ReLU makes no error larger."""
    *arrays, stride = arguments
    exact = [torch.from_numpy(array).double() for array in arrays]
    scale = [tensor.abs() for tensor in exact]
    return (Expected(block(*exact, stride).numpy(), block(*scale, stride).numpy()),)


def block(x: torch.Tensor, depthwise: torch.Tensor, pointwise: torch.Tensor, stride: int) -> torch.Tensor:
    """The block by torch's own convolutions."""
    hidden = F.relu(F.conv2d(x, depthwise[:, None], stride=stride, padding=1, groups=x.shape[1]))
    return F.relu(F.conv2d(hidden, pointwise[:, :, None, None]))
