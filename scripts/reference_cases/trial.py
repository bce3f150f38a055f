"""A random case, a pair of reference and oracle, and how a window is laid on an image at random."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Rng = np.random.Generator
Shape = tuple[int, ...]
Side = tuple[int, int]

STRIDE, PADDING, DILATION, GROUPS = "stride", "padding", "dilation", "groups"
OBLONG, SINGLE, WHOLE, EMPTY = "H != W", "N = 1", "kernel = image", "empty result"
FEATURES = (STRIDE, PADDING, DILATION, GROUPS, OBLONG, SINGLE, WHOLE, EMPTY)
"""What the cases together must contain."""


@dataclass(frozen=True, slots=True)
class Trial:
    """One random case. `shown` is what a person needs to repeat it by hand; `features` are some of FEATURES."""

    shown: str
    features: frozenset[str]
    reference: Callable[[], Any]
    oracle: Callable[[], Any]


@dataclass(frozen=True, slots=True)
class Pair:
    """A reference, what it is held against, and how their cases are drawn."""

    reference: Callable[..., Any]
    oracle: str
    draw: Callable[[Rng, Callable[..., Any]], Trial]

    @property
    def name(self) -> str:
        """The reference's module and name, such as `conv.conv_forward`."""
        return f"{self.reference.__module__.removeprefix('reference.')}.{self.reference.__name__}"


@dataclass(frozen=True, slots=True)
class Windows:
    """How a window is laid on an image; each pair is (along the height, along the width)."""

    image: Side
    kernel: Side
    stride: Side
    pad: Side
    dilation: Side
    features: frozenset[str]


def two(rng: Rng, least: int, most: int) -> Side:
    """A pair of integers from `least` to `most`."""
    first, second = rng.integers(least, most + 1, size=2)
    return int(first), int(second)


def draw_windows(rng: Rng, *, pads: bool = True, dilates: bool = True) -> Windows:
    """Any window on any image: some have no room for it, and one in eight is a kernel as large as the image."""
    kernel, stride = two(rng, 1, 4), two(rng, 1, 4)
    pad = two(rng, 0, 3) if pads else (0, 0)
    dilation = two(rng, 1, 3) if dilates else (1, 1)
    kind = rng.integers(24)
    if kind < 3:
        pad, dilation = (0, 0), (1, 1)
        image = kernel
    else:
        spans = [d * (k - 1) + 1 for k, d in zip(kernel, dilation, strict=True)]
        sides = [max(1, span - 2 * p) + int(rng.integers(8)) for span, p in zip(spans, pad, strict=True)]
        axis = int(rng.integers(2))
        if kind < 5 and spans[axis] - 2 * pad[axis] > 1:
            sides[axis] = spans[axis] - 2 * pad[axis] - 1
        image = sides[0], sides[1]
    return Windows(image, kernel, stride, pad, dilation, features_of(image, kernel, stride, pad, dilation))


def features_of(image: Side, kernel: Side, stride: Side, pad: Side, dilation: Side) -> frozenset[str]:
    """Which of FEATURES a window on an image has."""
    rooms = [n + 2 * p - d * (k - 1) - 1 for n, k, p, d in zip(image, kernel, pad, dilation, strict=True)]
    present = {
        STRIDE: max(stride) > 1,
        PADDING: max(pad) > 0,
        DILATION: max(dilation) > 1,
        OBLONG: image[0] != image[1],
        WHOLE: image == kernel,
        EMPTY: min(rooms) < 0,
    }
    return frozenset(name for name, is_there in present.items() if is_there)


def batch(rng: Rng, windows: Windows) -> tuple[int, int, int, frozenset[str]]:
    """Images, channels and kernels, and the case's features."""
    n, c, f = (int(number) for number in rng.integers(1, 4, size=3))
    return n, c, f, windows.features | ({SINGLE} if n == 1 else set())


def filled(nested: object) -> npt.NDArray[np.float64]:
    """What the definition gives, as an array. Raises ValueError where nothing is left."""
    array = np.array(nested, dtype=np.float64)
    if not array.size:
        raise ValueError("an empty result")
    return array
