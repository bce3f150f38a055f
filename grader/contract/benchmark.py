"""The table `[benchmark]` of an assignment: what a correct submission is timed against, and what its speed earns."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, fields
from itertools import pairwise
from typing import Any

from grader.contract.errors import ContractError
from grader.contract.fields import as_object, refuse_unknown, take

BENCHMARK_FILE = "benchmark.py"
"""Beside checks.py: what is called, on which inputs, and what must come out."""

BENCHMARK_KINDS = ("call", "training")
MOST_SECONDS = 600.0
NAME = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Tier:
    """A degree of speed. `at_least` is the speed relative to the reference that it asks for (2 is twice as fast)."""

    name: str
    at_least: float
    points: float


@dataclass(frozen=True, slots=True)
class Benchmark:
    """How a correct submission is timed.

    `kind` is `call` (one call of an entry) or `training` (until a network names enough images). `reference` is the
    accepted sample that everybody is timed against, `tiers` go from the slowest to the fastest, `seconds` bounds one
    timing. `methods` are the accepted samples that stand on the board as known methods, each with the name of the tier
    that it reaches, or "" for none.
    """

    reference: str
    tiers: tuple[Tier, ...]
    kind: str = "call"
    seconds: float = 60.0
    methods: tuple[tuple[str, str], ...] = ()

    @property
    def points(self) -> float:
        """The most points that speed earns."""
        return max(tier.points for tier in self.tiers)

    def tier_of(self, low: float) -> Tier | None:
        """The fastest tier that a speed is sure to reach, `low` being the lower end of its interval."""
        return next((tier for tier in reversed(self.tiers) if low >= tier.at_least), None)


def read_benchmark(data: object, samples: Sequence[str], where: str) -> Benchmark:
    """Read the table; `samples` are the names of the accepted samples. Raises ContractError."""
    table = as_object(data, where)
    refuse_unknown(table, {f.name for f in fields(Benchmark)} | {"tier"} - {"tiers"}, where)
    reference = take(table, "reference", str, where)
    if reference not in samples:
        raise ContractError(f"{where}: reference {reference!r} is none of submissions/accepted: {', '.join(samples)}")
    kind = str(table.get("kind", "call"))
    if kind not in BENCHMARK_KINDS:
        raise ContractError(f"{where}: kind must be {' or '.join(BENCHMARK_KINDS)}, not {kind!r}")
    seconds = take({"seconds": 60.0} | table, "seconds", float, where)
    if not 0 < seconds <= MOST_SECONDS:
        raise ContractError(f"{where}: seconds must lie between 0 and {MOST_SECONDS:g}, not {seconds:g}")
    tiers = _tiers(take(table, "tier", list, where), f"{where} [[tier]]")
    return Benchmark(reference, tiers, kind, seconds, _methods(table.get("methods", {}), samples, tiers, where))


def _tiers(tables: list[Any], where: str) -> tuple[Tier, ...]:
    tiers = []
    for table in tables:
        fields_ = as_object(table, where)
        refuse_unknown(fields_, {f.name for f in fields(Tier)}, where)
        name = take(fields_, "name", str, where)
        if not NAME.fullmatch(name):
            raise ContractError(f"{where}: {name!r} is no tier's name; a name has small letters, digits and _ alone")
        tiers.append(Tier(name, take(fields_, "at_least", float, where), take(fields_, "points", float, where)))
    if not tiers or len({tier.name for tier in tiers}) != len(tiers):
        raise ContractError(f"{where}: at least one tier is needed, and no name twice")
    for slower, faster in pairwise(tiers):
        if faster.at_least <= slower.at_least or faster.points < slower.points:
            raise ContractError(f"{where}: {faster.name} must ask for more than {slower.name}, and not give less")
    if tiers[0].at_least <= 0 or tiers[0].points < 0 or tiers[-1].points <= 0:
        raise ContractError(f"{where}: at_least and the last tier's points must be positive")
    return tuple(tiers)


def _methods(data: object, samples: Sequence[str], tiers: tuple[Tier, ...], where: str) -> tuple[tuple[str, str], ...]:
    table = as_object(data, f"{where} methods")
    known = {"", *(tier.name for tier in tiers)}
    for sample, tier in table.items():
        if sample not in samples:
            raise ContractError(f"{where}: methods names {sample!r}, which is none of submissions/accepted")
        if tier not in known:
            raise ContractError(f"{where}: methods gives {sample} the tier {tier!r}, which there is not")
    return tuple((sample, str(tier)) for sample, tier in table.items())
