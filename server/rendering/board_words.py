"""Speeds as people read them: ratios, intervals and durations in words, and the look of a tier."""

from __future__ import annotations

import math
from dataclasses import dataclass

from grader.contract import Benchmark, Tier
from server.rendering.numbers import points

FEWEST_DIGITS, MOST_DIGITS = 2, 4
TIER_COLOURS = 6
"""How many tiers have a colour of their own, from the slowest on; faster ones share the last."""
NO_BREAK = "\N{NO-BREAK SPACE}"
LIMITS = {"arithmetic": "arithmetic", "memory": "memory"}
"""What holds a machine back, as `Timing.limited_by` names it and as people read it."""


@dataclass(frozen=True, slots=True)
class TierLook:
    """A tier on a page: its word and icon, and the classes of its colour. `is_reached` is false for "no tier"."""

    word: str
    icon: str
    classes: str
    is_reached: bool = True


def number(value: float, digits: int = FEWEST_DIGITS) -> str:
    """A number with so many digits that count, and never a power of ten: 0.0052, 1.8, 2,100."""
    if value == 0 or not math.isfinite(value):
        return "0" if value == 0 else "–"
    rounded = _rounded(value, digits)
    return f"{rounded:,.{max(0, digits - 1 - _exponent(rounded))}f}"


def ratio(value: float) -> str:
    """A speed relative to the reference for a table: 1.8 ×."""
    return f"{number(value)} ×"


def interval(low: float, high: float) -> str:
    """An interval in as few digits as tell its ends apart, the same number of decimals for both: 0.97 to 1.02."""
    decimals = _decimals(low, high)
    return f"{_fixed(low, decimals)} to {_fixed(high, decimals)}"


def comparison(value: float, low: float, high: float) -> tuple[str, str]:
    """A speed beside the reference's as two pieces of a sentence: what is known, and between which bounds.

    An interval that holds 1 is as fast as the reference. What is slower is told by its time, which people can imagine.
    """
    if low <= 1 <= high:
        return "As fast as the reference", f"no difference could be measured: {interval(low, high)} times its speed"
    if value > 1:
        times, (first, last) = _beside_one(value, low, high)
        return f"{times} times as fast as the reference", f"{first} to {last}"
    times, (first, last) = _beside_one(1 / value, 1 / high, 1 / low)
    return f"{times} times the reference’s time", f"{first} to {last} times as long"


def asked(tier: Tier) -> str:
    """What a tier asks for, in words."""
    if tier.at_least >= 1:
        return f"at least {tier.at_least:g} times as fast as the reference"
    longest = number(1 / tier.at_least, 3)
    return f"at most {longest.rstrip('0').rstrip('.') if '.' in longest else longest} times the reference’s time"


def asks(tier: Tier, value: float, low: float, factor: float = 1.0) -> str:
    """What the next tier asks of a speed and the lower end of its interval, and how far away it is.

    `factor` turns the grader's points into the course's.
    """
    worth = f", for {points(tier.points * factor)} points" if tier.points else ""
    if value >= tier.at_least:
        why = f"your lower end, {number(low, 3)}, does not clear {tier.at_least:g} yet"
    else:
        why = f"that is {number(tier.at_least / value)} times as fast as now"
    return f"{asked(tier)}{worth}: {why}"


def duration(milliseconds: float | None) -> str:
    """A duration in milliseconds as people read it: 0.42 ms, 35 ms, 2.4 s."""
    if milliseconds is None:
        return "–"
    if milliseconds < 0.1:
        return f"{number(1000 * milliseconds)} µs"
    return f"{number(milliseconds, 3)} ms" if milliseconds < 1000 else f"{number(milliseconds / 1000, 3)} s"


def percent(value: float | None) -> str:
    """A share of the machine's limit: 0.8 %, 23 %."""
    if value is None:
        return "–"
    return f"{number(value)} %" if value < 10 else f"{value:.0f} %"


def faster(share: float) -> str:
    """How much faster by a share of a speed, 0.24 or 3: `24 %`, and from twice as fast on `4.0 ×`."""
    return f"{number(100 * share)}{NO_BREAK}%" if share < 1 else ratio(1 + share)


def faster_words(share: float) -> str:
    """As `faster`, within a sentence: `24 % faster`, `4.0 times as fast`."""
    return f"{faster(share)} faster" if share < 1 else f"{number(1 + share)} times as fast"


def limit_words(limited_by: str) -> str:
    """Which of the machine's rates bounds a method: its arithmetic or its memory."""
    return LIMITS.get(limited_by, "")


def tier_look(benchmark: Benchmark | None, name: str) -> TierLook:
    """The look of a tier by its name; of no tier for an empty one.

    Its colour is that of its step, whatever the tiers are called; the icon tells the fastest from the others.
    """
    if not name:
        return TierLook("No tier", "dash-circle", "quiet", is_reached=False)
    names = [tier.name for tier in benchmark.tiers] if benchmark is not None else []
    step = names.index(name) + 1 if name in names else TIER_COLOURS
    fastest = names[-1:] == [name]
    return TierLook(tier_word(name), "trophy-fill" if fastest else "award-fill", f"tier-{min(step, TIER_COLOURS)}")


def tier_word(name: str) -> str:
    """A tier's name for people."""
    return name.replace("_", " ").capitalize()


def method_word(sample: str) -> str:
    """The name of a known method for people: `im2col`, `winograd 4x4`."""
    return sample.replace("_", " ")


def next_tier(benchmark: Benchmark, low: float | None) -> Tier | None:
    """The slowest tier that an interval from `low` on does not reach for sure."""
    return next((tier for tier in benchmark.tiers if low is None or low < tier.at_least), None)


def _beside_one(value: float, low: float, high: float) -> tuple[str, tuple[str, str]]:
    """A multiple above 1 and its bounds, in as few digits as tell these apart and the lower one from 1."""
    decimals = _decimals(low, high)
    if _fixed(low, decimals) == _fixed(1.0, decimals):
        decimals = _decimals(1.0, low)
    return _fixed(value, decimals), (_fixed(low, decimals), _fixed(high, decimals))


def _decimals(low: float, high: float) -> int:
    """How many decimals tell two numbers apart; a negative one rounds to tens, hundreds and so on."""
    smaller = min(low, high)
    if smaller <= 0:
        return FEWEST_DIGITS
    tried = [digits - 1 - _exponent(smaller) for digits in range(FEWEST_DIGITS, MOST_DIGITS + 1)]
    return next((decimals for decimals in tried if _fixed(low, decimals) != _fixed(high, decimals)), tried[-1])


def _fixed(value: float, decimals: int) -> str:
    return f"{round(value, decimals):,.{max(0, decimals)}f}"


def _exponent(value: float) -> int:
    return math.floor(math.log10(abs(value)))


def _rounded(value: float, digits: int) -> float:
    return round(value, digits - 1 - _exponent(value))
