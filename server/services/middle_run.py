"""Which of a person's timings counts: luck must not add up over many tries.

Who hands equal code in a hundred times gets a hundred intervals, and the luckiest lies some percent above the truth. So
timings that cannot be told apart are taken for what they look like, repetitions of one measurement, and the middle one
of them counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeVar


class Timed(Protocol):
    """A speed relative to the reference, and the interval that holds it."""

    @property
    def ratio(self) -> float | None:
        """The reference's time over its own."""

    @property
    def low(self) -> float | None:
        """Where the interval begins."""

    @property
    def high(self) -> float | None:
        """Where the interval ends."""


T = TypeVar("T", bound=Timed)


def middle(timings: Sequence[T], of: T) -> T:
    """Of the timings whose intervals overlap that of one of them, the middle one by speed; of two, the faster."""
    alike = [each for each in timings if (each.high or 0) >= (of.low or 0) and (each.low or 0) <= (of.high or 0)]
    fastest_first = sorted(alike, key=lambda each: -(each.ratio or 0))
    return fastest_first[(len(fastest_first) - 1) // 2]
