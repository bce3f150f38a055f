"""An axis of a chart: how far it reaches, where its ticks stand, and how numbers are written on it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

MOST_STEPS = 5
STEPS = (1, 2, 2.5, 5, 10)
FROM_ZERO = 0.6
"""Where the smallest value is below this share of the largest, an axis begins at 0."""
DIGITS = 4
MOST_DIGITS = 10
FARTHEST = 290
"""The powers of ten that are drawn: beyond them lie numbers that a float can hardly hold, and nothing to see."""
FARTHEST_VALUE = 10.0**FARTHEST
SAME = 1e-6
"""Values whose distance is a smaller share of them than this have no ticks between them."""
SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True, slots=True)
class Axis:
    """An axis from `low` to `high`, with ticks in between."""

    low: float
    high: float
    ticks: tuple[float, ...]
    is_log: bool = False

    @property
    def labels(self) -> list[tuple[float, str]]:
        """Each tick with its text, in as few digits as tell them apart."""
        for digits in range(DIGITS - 1, MOST_DIGITS):
            texts = [tick(value, digits) for value in self.ticks]
            if len(set(texts)) == len(texts):
                break
        return list(zip(self.ticks, texts, strict=True))

    def share(self, value: float) -> float:
        """Where a value stands, from 0 at `low` to 1 at `high`."""
        if self.is_log:
            return (math.log10(value) - math.log10(self.low)) / (math.log10(self.high) - math.log10(self.low))
        # Halves, because the span of the largest numbers is no number any more.
        return (value / 2 - self.low / 2) / (self.high / 2 - self.low / 2)


def axis_of(values: Sequence[float], *, is_log: bool = False, is_tight: bool = False) -> Axis:
    """The axis for some values; a tight one ends with them, another one at ticks. Without values it is from 0 to 1."""
    if not values:
        return Axis(0.1, 1.0, (0.1, 1.0), is_log=True) if is_log else Axis(0.0, 1.0, (0.0, 0.5, 1.0))
    low, high = (max(-FARTHEST_VALUE, min(end, FARTHEST_VALUE)) for end in (min(values), max(values)))
    if is_log:
        return _decades(low, high)
    if high / 2 - low / 2 <= max(SAME * abs(high), 1 / FARTHEST_VALUE):
        half = _half_around(low, is_whole=is_tight and low.is_integer())
        low, high = low - half, high + half
    elif not is_tight and 0 < low < FROM_ZERO * high:
        low = 0.0
    step = _step(high / 2 - low / 2, is_whole=is_tight and all(value.is_integer() for value in values))
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    ticks = tuple(number * step for number in range(first, last + 1))
    if is_tight:
        return Axis(low, high, tuple(value for value in ticks if low <= value <= high))
    return Axis(ticks[0], ticks[-1], ticks)


def tick(value: float, digits: int = DIGITS) -> str:
    """A number as short as it can be read: `digits` digits, and a power of ten where it is very large or small."""
    if value == 0:
        return "0"
    exponent = math.floor(math.log10(abs(value)))
    if -4 < exponent < 6:
        text = f"{value:.{digits}g}" if exponent < digits - 1 else f"{value:.0f}"
        return text.replace("-", "−")
    mantissa, _, power = f"{value:.{digits - 1}e}".partition("e")
    mantissa = mantissa.rstrip("0").rstrip(".")
    sign = "−" if mantissa.startswith("-") else ""
    factor = "" if mantissa.lstrip("-") == "1" else f"{mantissa.lstrip('-')}·"
    return f"{sign}{factor}10{str(int(power)).translate(SUPERSCRIPT)}"


def _half_around(value: float, *, is_whole: bool) -> float:
    """How far an axis reaches to both sides of its only value."""
    if is_whole and abs(value) * SAME < 1:
        return 1.0
    return abs(value) / 2 if abs(value) > 1 / FARTHEST_VALUE else 0.5


def _step(half: float, *, is_whole: bool) -> float:
    """The distance of two ticks, for a span of twice `half`: 1, 2, 2.5 or 5 times a power of ten."""
    rough = 2 * (half / MOST_STEPS)
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(each * power for each in STEPS if each * power >= rough * (1 - 1e-9))
    if is_whole:
        return max(1.0, step if step.is_integer() else math.ceil(step))
    return step


def _decades(low: float, high: float) -> Axis:
    """A logarithmic axis over whole decades; over less than two of them also with 2 and 5 times a power."""
    first, last = math.floor(math.log10(max(low, 1 / FARTHEST_VALUE))), math.ceil(math.log10(high))
    last = max(last, first + 1)
    powers = range(first, last + 1, max(1, math.ceil((last - first) / (MOST_STEPS + 1))))
    factors = (1, 2, 5) if last - first == 1 else (1,)
    ends = 10.0**first, 10.0**last
    ticks = tuple(factor * 10.0**power for power in powers for factor in factors if factor * 10.0**power <= ends[1])
    return Axis(*ends, ticks, is_log=True)
