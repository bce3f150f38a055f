"""Numbers that checks need beside their inputs: seeds for what draws elsewhere, and gradients by differences."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt


def seed_of(rng: np.random.Generator) -> int:
    """A seed for what draws by itself: `torch.manual_seed` or `Seeded`, in the sandbox or here."""
    return int(rng.integers(2**31))


def numeric_gradient(loss: Callable[[], Any], array: npt.NDArray[Any], h: float = 1e-5) -> npt.NDArray[np.float64]:
    """The gradient of `loss()` with respect to `array`, which `loss` reads: each number is moved by `h` to either side.

    Central differences, (loss(+h) - loss(-h)) / 2h, of the array's shape; the array is afterwards as it was.
    """
    gradient = np.zeros(array.shape)
    for index in np.ndindex(array.shape):
        kept = array[index]
        array[index] = kept + h
        above = loss()
        array[index] = kept - h
        gradient[index] = (above - loss()) / (2 * h)
        array[index] = kept
    return gradient
