"""One kernel on one grey image: cross-correlation, true convolution, and the well-known kernels by name.

    correlation    out[i, j] = sum over u, v of k[u, v] * x[i + u, j + v]
    convolution      z[i, j] = sum over m, n of k[m, n] * v[i - m, j - n]

(I. Goodfellow, Y. Bengio, A. Courville, Deep Learning, eq. 9.6 and 9.5.) The convolution is the correlation with the
kernel turned by half a turn.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from reference.conv import result_dtype

Array: TypeAlias = npt.NDArray[Any]

MODES = ("valid", "same", "full")


@dataclass(frozen=True, slots=True, eq=False)
class NamedKernel:
    """A kernel with the name that people know it by. `weights` is read-only; `effect` is a sentence for people."""

    title: str
    weights: Array
    effect: str


def _named(title: str, weights: list[list[float]], divisor: float, effect: str) -> NamedKernel:
    array = np.array(weights, dtype=np.float64) / divisor
    array.setflags(write=False)
    return NamedKernel(title, array, effect)


KERNELS: dict[str, NamedKernel] = {
    "identity": _named("Identity", [[0, 0, 0], [0, 1, 0], [0, 0, 0]], 1, "Leaves the image as it is."),
    "sobel_x": _named(
        "Sobel, left to right",
        [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]],
        1,
        "Finds vertical edges: positive where the image gets brighter from left to right.",
    ),
    "sobel_y": _named(
        "Sobel, top to bottom",
        [[-1, -2, -1], [0, 0, 0], [1, 2, 1]],
        1,
        "Finds horizontal edges: positive where the image gets brighter from top to bottom.",
    ),
    "blur": _named(
        "Blur", [[1, 2, 1], [2, 4, 2], [1, 2, 1]], 16, "Replaces each pixel by a weighted mean of its neighbourhood."
    ),
    "sharpen": _named(
        "Sharpen",
        [[0, -1, 0], [-1, 5, -1], [0, -1, 0]],
        1,
        "Adds to each pixel what sets it apart from those beside it.",
    ),
    "laplacian": _named(
        "Laplacian",
        [[0, 1, 0], [1, -4, 1], [0, 1, 0]],
        1,
        "Answers to edges of every direction: four neighbours less four times the middle.",
    ),
}
"""By the name that commands and addresses use. The signs of the Sobel kernels are those for correlation."""


def correlate2d(x: Array, k: Array) -> Array:
    """Cross-correlate an image (H, W) with a kernel (KH, KW): a map (H-KH+1, W-KW+1).

    Each tap of the kernel adds a shifted copy of the image. Raises ValueError when the kernel does not fit in.
    """
    _check(x, k)
    height, width = (side - taps + 1 for side, taps in zip(x.shape, k.shape, strict=True))
    if height < 1 or width < 1:
        raise ValueError(f"a kernel of {k.shape[0]}x{k.shape[1]} does not fit into {x.shape[0]}x{x.shape[1]} pixels")
    out = np.zeros((height, width), dtype=result_dtype(x, k))
    for u in range(k.shape[0]):
        for v in range(k.shape[1]):
            out += k[u, v] * x[u : u + height, v : v + width].astype(out.dtype, copy=False)
    return out


def convolve2d(v: Array, k: Array, mode: str) -> Array:
    """Convolve an image (H, W), zero outside, with a kernel (KH, KW).

    `full`: every output that a pixel reaches, (H+KH-1, W+KW-1); `same`: the (H, W) of them from row (KH-1)//2 and
    column (KW-1)//2 on, as `np.convolve` has it; `valid`: those that need nothing outside, (H-KH+1, W-KW+1). Raises
    ValueError for another mode, and for `valid` when the kernel does not fit in.
    """
    _check(v, k)
    (above, below), (left, right) = (_padding(taps, mode) for taps in k.shape)
    return correlate2d(np.pad(v, ((above, below), (left, right))), k[::-1, ::-1])


def _padding(taps: int, mode: str) -> tuple[int, int]:
    """Zeros before and after along one side, for a kernel of that many taps."""
    match mode:
        case "full":
            return taps - 1, taps - 1
        case "same":
            return taps // 2, (taps - 1) // 2
        case "valid":
            return 0, 0
    raise ValueError(f"mode must be one of {', '.join(MODES)}, not {mode!r}")


def _check(image: Array, k: Array) -> None:
    if image.ndim != 2 or k.ndim != 2:
        raise ValueError(f"image and kernel must have two axes, not {image.ndim} and {k.ndim}")
    if 0 in image.shape or 0 in k.shape:
        raise ValueError("image and kernel must have at least one pixel")
