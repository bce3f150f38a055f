"""A data set that needs no download: ten geometric figures, drawn at random places, sizes and intensities."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Grid: TypeAlias = npt.NDArray[np.float32]

BAR = 0.32
DIAGONAL = float(np.sqrt(0.5))


def _frame(u: Grid, v: Grid) -> npt.NDArray[np.bool_]:
    side = np.maximum(abs(u), abs(v))
    return (side <= 0.85) & (side > 0.5)


def _ring(u: Grid, v: Grid) -> npt.NDArray[np.bool_]:
    radius = np.hypot(u, v)
    return (radius <= 1) & (radius > 0.6)


def _triangle(u: Grid, v: Grid) -> npt.NDArray[np.bool_]:
    return (abs(v) <= 0.85) & (abs(u) <= (v + 0.85) / 1.7)


def _plus(u: Grid, v: Grid) -> npt.NDArray[np.bool_]:
    return (np.minimum(abs(u), abs(v)) <= BAR) & (np.maximum(abs(u), abs(v)) <= 1)


# A figure says which points belong to it; u points right and v down, and the figure fills about -1..1.
FIGURES: dict[str, Callable[[Grid, Grid], npt.NDArray[np.bool_]]] = {
    "disc": lambda u, v: np.hypot(u, v) <= 1,
    "ring": _ring,
    "square": lambda u, v: np.maximum(abs(u), abs(v)) <= 0.85,
    "frame": _frame,
    "tri_up": _triangle,
    "tri_down": lambda u, v: _triangle(u, -v),
    "plus": _plus,
    "cross": lambda u, v: _plus((u + v) * DIAGONAL, (u - v) * DIAGONAL),
    "hbar": lambda u, v: (abs(v) <= BAR) & (abs(u) <= 1),
    "vbar": lambda u, v: (abs(u) <= BAR) & (abs(v) <= 1),
}
CLASSES = tuple(FIGURES)


def make_shapes(
    n: int, seed: int | np.random.Generator, size: int = 32, noise: float = 0.1, classes: tuple[str, ...] = CLASSES
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.int64]]:
    """Draw `n` grey images of random figures and say which figure each shows.

    `noise` is the standard deviation of the Gaussian noise on every pixel (the background is 0, a figure 0.3 to 1).
    Returns images (n, 1, size, size) and labels (n,), an index into `classes`. The same seed gives the same images.
    Raises ValueError for a class that is not known, a size below 16, or a negative count or noise.
    """
    _check(n, size, noise, classes)
    rng = np.random.default_rng(seed)
    labels = rng.integers(len(classes), size=n)
    radius = rng.uniform(size / 6.4, size / 3, size=n)
    middle = (size - 1) / 2
    centre = middle + rng.uniform(-1, 1, size=(2, n)) * (middle - radius)
    intensity = rng.uniform(0.3, 1.0, size=n)
    images = rng.normal(0.0, 1.0, size=(n, 1, size, size)).astype(np.float32) * np.float32(noise)
    for label, name in enumerate(classes):
        chosen = np.flatnonzero(labels == label)
        inside = FIGURES[name](*_coordinates(size, centre[:, chosen], radius[chosen]))
        images[chosen, 0] += inside * intensity[chosen, None, None].astype(np.float32)
    return images, labels


def _coordinates(size: int, centre: npt.NDArray[Any], radius: npt.NDArray[Any]) -> tuple[Grid, Grid]:
    """Every pixel's place as seen from each figure: u (figures, 1, size) and v (figures, size, 1)."""
    pixels = np.arange(size, dtype=np.float32)
    v, u = ((pixels - middle[:, None]) / radius[:, None] for middle in centre)
    return u[:, None, :].astype(np.float32), v[:, :, None].astype(np.float32)


def _check(n: int, size: int, noise: float, classes: tuple[str, ...]) -> None:
    unknown = [name for name in classes if name not in FIGURES]
    if unknown or not classes:
        raise ValueError(f"classes must be some of {', '.join(FIGURES)}, not {classes!r}")
    if n < 0 or size < 16 or noise < 0:
        raise ValueError(f"n and noise must not be negative and size at least 16, not {n}, {noise} and {size}")
