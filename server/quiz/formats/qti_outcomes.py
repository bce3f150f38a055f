"""What a QTI item's processing comes to: it is run on what students could answer, and the scores tell the rule.

So it does not matter how an item says its scoring, as long as the scores are those of a rule that Stride has.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal

from server.quiz.formats.exchange import NotHeld

OUT_OF_REACH = 20
INWARDS = 1_000_000
CLOSE = 2e-4
"""How far two scores may be apart and still be the same, as part of the full score: what rounded thirds need."""


@dataclass(frozen=True, slots=True)
class Given:
    """What a student could answer: identifiers of options, or a number."""

    picked: frozenset[str] = frozenset()
    number: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an item makes of it: a score in its own units, and the names of the feedback that it shows."""

    score: float
    feedback: tuple[str, ...] = ()


Run = Callable[[Given], Outcome]


@dataclass(frozen=True, slots=True)
class Interval:
    """Numbers that a condition accepts, both ends included. `value` is the one that it names, if it names one.

    Ends that are not accepted are moved inwards by a millionth of the width, as tolerances here include both.
    """

    low: Decimal
    high: Decimal
    value: Decimal | None = None

    @property
    def middle(self) -> Decimal:
        """The value that it names where that lies in the middle, else the middle."""
        middle = (self.low + self.high) / 2
        is_named = self.value is not None and abs(self.value - middle) <= (self.high - self.low) / INWARDS
        return self.value if self.value is not None and is_named else middle.normalize()

    @property
    def half_width(self) -> Decimal:
        """The tolerance."""
        return min(self.middle - self.low, self.high - self.middle).normalize()

    def contains(self, number: Decimal) -> bool:
        """Whether a number is accepted."""
        return self.low <= number <= self.high


Bound = tuple[Decimal, bool]
"""A number, and whether it is accepted itself."""


@dataclass(frozen=True, slots=True)
class Processing:
    """An item's scoring. `most` is the full score where the item says it; `hints` are sets that it names as right."""

    run: Run
    most: float | None = None
    hints: tuple[frozenset[str], ...] = ()
    intervals: tuple[Interval, ...] = ()


def intervals_between(lows: list[Bound], highs: list[Bound]) -> list[Interval]:
    """The interval between bounds, each with whether it is accepted itself; none where they leave nothing."""
    if not lows or not highs:
        return []
    (low, has_low), (high, has_high) = max(lows), min(highs)
    inwards = (high - low) / INWARDS
    found = Interval(low if has_low else low + inwards, high if has_high else high - inwards)
    return [found] if found.low <= found.high else []


Texts = Callable[[Iterable[str]], str]
"""The text of some feedback, by its names."""


def full_score(best: float, most: float | None = None) -> float:
    """The score that is worth all points: the best, or the most that the item names where a rule may fall short of it.

    Some programs name 100 and give 1: a most that is far out of reach is none. Raises NotHeld where nothing scores.
    """
    if not best > 0:
        raise NotHeld("Its scoring gives points to no answer.")
    return most if most and most < OUT_OF_REACH * best else best
