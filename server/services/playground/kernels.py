"""Kernels to choose by name, and kernels that a visitor writes."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import numpy.typing as npt

import reference.kernels
from reference.kernels import NamedKernel

MOST_SIDE = 7
OWN = "own"

MEAN = NamedKernel("Blur, box", np.full((3, 3), 1 / 9), "Replaces each pixel by the mean of 3 × 3.")
KERNELS = {
    **reference.kernels.KERNELS,
    "blur": replace(reference.kernels.KERNELS["blur"], title="Blur, Gaussian"),
    "box": MEAN,
}
"""By the names of the references; two kinds of blur need a title each."""


def read_kernel(text: str) -> npt.NDArray[np.float64]:
    """Rows on lines of their own or between semicolons, numbers (`-1`, `0.5`, `1/9`) between blanks or commas.

    Raises ValueError, as a sentence, for what is no table of 1 to 7 rows and columns.
    """
    rows = [line.replace(",", " ").split() for line in text.replace(";", "\n").splitlines() if line.strip()]
    if not rows:
        raise ValueError("A kernel needs at least one number.")
    lengths = {len(row) for row in rows}
    if len(lengths) > 1:
        raise ValueError(f"The rows have different lengths: {', '.join(str(len(row)) for row in rows)} numbers.")
    if len(rows) > MOST_SIDE or max(lengths) > MOST_SIDE:
        raise ValueError(f"The kernel has {len(rows)} × {max(lengths)} numbers; 7 × 7 are the most.")
    return np.array([[_number(word) for word in row] for row in rows])


def _number(word: str) -> float:
    top, slash, bottom = word.partition("/")
    try:
        number = float(top) / float(bottom) if slash else float(top)
    except (ValueError, ZeroDivisionError) as error:
        raise ValueError(f"“{word[:20]}” is not a number.") from error
    if not math.isfinite(number) or abs(number) > 1e6:
        raise ValueError(f"“{word[:20]}” is not a number from −1,000,000 to 1,000,000.")
    return number


def written(weights: npt.NDArray[np.float64]) -> str:
    """A kernel as text that `read_kernel` reads back: a line for every row."""
    return "\n".join(" ".join(_short(weight) for weight in row) for row in weights)


def _short(weight: float) -> str:
    """Ninths and sixteenths as fractions, other numbers as decimals."""
    for divisor in (1, 9, 16):
        if abs(weight * divisor - round(weight * divisor)) < 1e-12:
            top = f"{round(weight * divisor)}"
            return top if divisor == 1 or top == "0" else f"{top}/{divisor}"
    return f"{weight:.12g}"


def effect(name: str) -> str:
    """What a named kernel does, as a sentence; nothing for another name."""
    return KERNELS[name].effect if name in KERNELS else ""
