"""What a run gave, as figures (latencies by kind of request, processor time by process, what was lost) and a table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from scripts.quiz_load.installation import cores
from scripts.quiz_load.plan import CLOSING_SECONDS
from scripts.quiz_load.tally import Asked, Kind, Tally
from scripts.quiz_load.verifying import Findings

SHARES = (50, 95, 99, 100)
NAMES = ("p50", "p95", "p99", "max")
CLOSING = f"answer, last {CLOSING_SECONDS:.0f} s"
OPENING = "opening to questions"


@dataclass(frozen=True, slots=True)
class Latency:
    """How many requests of a kind there were, and the milliseconds that they took."""

    count: int
    p50: float
    p95: float
    p99: float
    max: float


@dataclass(frozen=True, slots=True)
class Outcome:
    """One run of a class."""

    database: str
    students: int
    findings: Findings
    errors: dict[str, int]
    latencies: dict[str, Latency]
    requests_per_second: float
    """in the last seconds before the close"""
    cpu_seconds: dict[str, float]
    closing_cores: dict[str, float]
    """how many cores each role kept busy in those seconds"""

    @property
    def is_kept(self) -> bool:
        """Whether nothing acknowledged was lost and nothing was accepted late."""
        return not self.findings.lost and not self.findings.late

    @property
    def p99(self) -> float:
        """Of the answers in the last seconds, in milliseconds."""
        return self.latencies[CLOSING].p99 if CLOSING in self.latencies else 0.0

    def to_dict(self) -> dict[str, Any]:
        """The run as JSON-ready values."""
        found = self.findings
        return {
            "database": self.database,
            "students": self.students,
            "lost": list(found.lost),
            "accepted_late": list(found.late),
            "acknowledged": found.acknowledged,
            "stored": found.stored,
            "accepted_in_grace": found.in_grace,
            "sent_in_time_but_refused": found.missed,
            "without_receipt": found.unanswered,
            "errors": self.errors,
            "milliseconds": {
                name: {"count": each.count} | {key: getattr(each, key) for key in NAMES}
                for name, each in self.latencies.items()
            },
            "requests_per_second": round(self.requests_per_second, 1),
            "cpu_seconds": {role: round(seconds, 2) for role, seconds in self.cpu_seconds.items()},
            "closing_cores": {role: round(share, 2) for role, share in self.closing_cores.items()},
        }


def latencies(tally: Tally, closes_at: float) -> dict[str, Latency]:
    """By kind of request, then the answers of the last seconds, then from the opening to the questions on the page."""
    found = {kind.value: latency(each.seconds for each in tally.requests if each.kind is kind) for kind in Kind}
    closing = [each for each in in_closing(tally, closes_at) if each.kind is Kind.ANSWER]
    found[CLOSING] = latency(each.seconds for each in closing)
    found[OPENING] = latency(tally.opened)
    return {name: each for name, each in found.items() if each is not None}


def in_closing(tally: Tally, closes_at: float) -> list[Asked]:
    """The requests of the last seconds before the close."""
    return [each for each in tally.requests if closes_at - CLOSING_SECONDS <= each.sent_at < closes_at]


def latency(seconds: Iterable[float]) -> Latency | None:
    """Percentiles in milliseconds; None of nothing."""
    values = [1000 * each for each in seconds]
    if not values:
        return None
    return Latency(len(values), *(round(float(each), 1) for each in np.percentile(values, SHARES)))


def table(outcome: Outcome) -> str:
    """A run, for people."""
    found = outcome.findings
    rows = [
        f"{outcome.database}: {outcome.students} students",
        f"acknowledged answers lost        {len(found.lost)} of {found.acknowledged}",
        f"accepted after the deadline      {len(found.late)} of {found.stored} stored, {found.in_grace} in the grace",
        f"sent in time, but refused        {found.missed}; without a receipt {found.unanswered}",
        f"errors                           {_listed(outcome.errors)}",
        f"requests a second at the close   {outcome.requests_per_second:.0f}",
        "",
        f"{'milliseconds':24}{'count':>8}" + "".join(f"{name:>9}" for name in NAMES),
    ]
    for name, each in outcome.latencies.items():
        rows.append(f"  {name:22}{each.count:8}" + "".join(f"{getattr(each, key):9.1f}" for key in NAMES))
    rows += ["", f"{'processor':24}{'seconds':>8}   cores in the last {CLOSING_SECONDS:.0f} s, of {cores()}"]
    for role, seconds in outcome.cpu_seconds.items():
        rows.append(f"  {role:22}{seconds:8.1f}{outcome.closing_cores.get(role, 0.0):9.2f}")
    return "\n".join([*rows, *_named("lost", found.lost), *_named("late", found.late)])


def _listed(errors: dict[str, int]) -> str:
    return ", ".join(f"{count} x {what}" for what, count in sorted(errors.items())) or "none"


def _named(what: str, lines: Sequence[str], most: int = 5) -> list[str]:
    return [f"{what}: {line}" for line in lines[:most]]
