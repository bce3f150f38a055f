"""A data set that nobody can have learnt before: ten letters of an alphabet that is made up each time, under noise.

A letter is where a random smooth field is large (a sum of waves, cut at a quantile), within a disc. So all letters have
as much ink, and no two alphabets have one in common.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Bitmaps = npt.NDArray[np.bool_]

LETTERS = 10
RESOLUTION = 64
HIGHEST_WAVE = 3
INK = 0.4
"""The share of the disc that a letter fills."""

MOST_ALIKE = 0.6
"""What two letters of an alphabet may have in common at most: the area of both, divided by that of either."""


def make_alphabet(rng: np.random.Generator, letters: int = LETTERS) -> Bitmaps:
    """Make up an alphabet: (letters, RESOLUTION, RESOLUTION), true where there is ink.

    No two letters are much alike (MOST_ALIKE).
    """
    found: list[Bitmaps] = []
    while len(found) < letters:
        letter = _letter(rng)
        if all((letter & other).sum() < MOST_ALIKE * (letter | other).sum() for other in found):
            found.append(letter)
    return np.array(found)


def write_letters(
    alphabet: Bitmaps, n: int, rng: np.random.Generator, size: int = 32, noise: float = 0.3
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.int64]]:
    """Write `n` letters of an alphabet, each somewhere, half to four fifths of the image wide, and more or less dark.

    `noise` is the standard deviation of the Gaussian noise on every pixel (the background is 0, ink 0.3 to 1). Returns
    images (n, 1, size, size) and labels (n,), which count the alphabet's letters from 0. Raises ValueError for a
    negative count or noise.
    """
    if n < 0 or noise < 0:
        raise ValueError(f"n and noise must not be negative, not {n} and {noise}")
    labels = rng.integers(len(alphabet), size=n)
    radius = rng.uniform(size / 4, size / 2.5, size=n)
    middle = (size - 1) / 2
    centre = middle + rng.uniform(-1, 1, size=(2, n)) * (middle - radius)
    ink = rng.uniform(0.3, 1.0, size=n).astype(np.float32)
    rows, columns = (_places(alphabet.shape[1], size, each, radius) for each in centre)
    framed = np.pad(alphabet, ((0, 0), (1, 1), (1, 1)))
    images = rng.standard_normal((n, 1, size, size), dtype=np.float32) * np.float32(noise)
    images[:, 0] += framed[labels[:, None, None], rows[:, :, None], columns[:, None, :]] * ink[:, None, None]
    return images, labels


def _letter(rng: np.random.Generator) -> Bitmaps:
    ends = (np.arange(RESOLUTION) + 0.5) / RESOLUTION * 2 - 1
    v, u = np.meshgrid(ends, ends, indexing="ij")
    field = np.zeros_like(u)
    for across in range(HIGHEST_WAVE + 1):
        for down in range(-HIGHEST_WAVE, HIGHEST_WAVE + 1):
            if 0 < across**2 + down**2 <= HIGHEST_WAVE**2:
                field += rng.normal() * np.cos(np.pi / 2 * (across * u + down * v) + rng.uniform(0, 2 * np.pi))
    disc = np.hypot(u, v) <= 1
    inked: Bitmaps = disc & (field > np.quantile(field[disc], 1 - INK))
    return inked


def _places(
    resolution: int, size: int, centre: npt.NDArray[np.float64], radius: npt.NDArray[np.float64]
) -> npt.NDArray[np.int64]:
    """(n, size): which row of a framed letter each row of the image shows; beyond the letter, the empty frame."""
    seen = (np.arange(size) - centre[:, None]) / radius[:, None]
    places: npt.NDArray[np.int64] = np.floor((seen + 1) / 2 * resolution).astype(np.int64) + 1
    return np.clip(places, 0, resolution + 1)
