"""Convolution, pooling and receptive fields straight from their formulas, one Python number at a time.

Sums are correctly rounded. Far too slow for use, and the yardstick for that reason: no broadcasting, no axes, no
strides to get wrong. Arrays are nested lists, indexed [n][c][i][j]; a setting is a pair (height, width).
"""

from __future__ import annotations

import itertools
import math
import statistics
from collections.abc import Iterator, Sequence
from typing import TypeAlias

Maps: TypeAlias = list[list[list[list[float]]]]
Side: TypeAlias = tuple[int, int]


def convolve(x: Maps, w: Maps, b: list[float], stride: Side, pad: Side, dilation: Side) -> Maps:
    """Cross-correlate: images (N, C, H, W) with kernels (F, C, KH, KW) and biases (F,) to maps (N, F, HO, WO)."""
    rows = positions(len(x[0][0]), len(w[0][0]), stride[0], pad[0], dilation[0])
    columns = positions(len(x[0][0][0]), len(w[0][0][0]), stride[1], pad[1], dilation[1])
    return [
        [
            [[math.fsum([bias, *_products(image, kernel, row, column)]) for column in columns] for row in rows]
            for kernel, bias in zip(w, b, strict=True)
        ]
        for image in x
    ]


def pool(x: Maps, kind: str, window: Side, stride: Side, p: float = 2.0) -> Maps:
    """Pool images (N, C, H, W) to (N, C, HO, WO); `kind` is max, mean, median or power."""
    rows = positions(len(x[0][0]), window[0], stride[0], 0, 1)
    columns = positions(len(x[0][0][0]), window[1], stride[1], 0, 1)
    return [
        [
            [[statistic([plane[i][j] for i in row for j in column], kind, p) for column in columns] for row in rows]
            for plane in image
        ]
        for image in x
    ]


def statistic(values: list[float], kind: str, p: float) -> float:
    """One number for the values of one window. Raises ValueError for a kind that is not known."""
    match kind:
        case "max":
            return max(values)
        case "mean":
            return math.fsum(values) / len(values)
        case "median":
            return statistics.median(values)
        case "power":
            return float(math.fsum(abs(value) ** p for value in values) ** (1 / p))
    raise ValueError(f"pooling is max, mean, median or power, not {kind!r}")


def positions(n: int, kernel: int, stride: int, pad: int, dilation: int) -> list[list[int]]:
    """The pixels under the kernel at each of its places along one side, counted by trying every start.

    An index below 0 or from n on lies in the padding.
    """
    places = []
    for start in range(-pad, n + pad, stride):
        taps = [start + dilation * tap for tap in range(kernel)]
        if taps[-1] < n + pad:
            places.append(taps)
    return places


def seen_by_one_output(layers: Sequence[tuple[int, int, int]]) -> set[int]:
    """The pixels that the first output of a stack of layers depends on, followed back tap by tap.

    layers: (kernel, stride, dilation), the input's first. Output i of a layer reads i * stride + tap * dilation.
    """
    seen = {0}
    for kernel, stride, dilation in reversed(layers):
        seen = {i * stride + tap * dilation for i in seen for tap in range(kernel)}
    return seen


def _products(
    image: list[list[list[float]]], kernel: list[list[list[float]]], rows: list[int], columns: list[int]
) -> Iterator[float]:
    for plane, weights in zip(image, kernel, strict=True):
        for (u, i), (v, j) in itertools.product(enumerate(rows), enumerate(columns)):
            if 0 <= i < len(plane) and 0 <= j < len(plane[0]):
                yield plane[i][j] * weights[u][v]
