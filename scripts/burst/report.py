"""What one burst gave, as JSON and as a table for people."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from scripts.process_meter import GRADER

ROLES = ("judge", "sandbox", GRADER, "server worker", "web", "postgresql", "redis")


@dataclass(slots=True)
class Burst:
    """What one burst gave. Seconds of processor time by role, milliseconds by submission."""

    title: str
    count: int
    seconds: float
    hand_in_seconds: float
    cpu_seconds: dict[str, float]
    milliseconds: dict[str, list[float]]
    graded_twice: int
    memory_mib: dict[str, tuple[float, float]] = field(default_factory=dict)
    """by role the mean of its processes together, in the first and the last tenth of the time"""

    @property
    def rate(self) -> float:
        """Submissions a second."""
        return self.count / self.seconds

    def to_dict(self) -> dict[str, Any]:
        """The burst as JSON-ready values."""
        return {
            "title": self.title,
            "count": self.count,
            "seconds": round(self.seconds, 3),
            "hand_in_seconds": round(self.hand_in_seconds, 3),
            "submissions_per_second": round(self.rate, 2),
            "cpu_seconds_per_submission": {
                role: round(seconds / self.count, 5) for role, seconds in self.cpu_seconds.items()
            },
            "milliseconds": {
                name: dict(zip(("p50", "p90", "p99"), percentiles(values), strict=True))
                for name, values in self.milliseconds.items()
            },
            "memory_mib": self.memory_mib,
            "graded_twice": self.graded_twice,
        }


def memory(samples: list[dict[str, dict[int, float]]]) -> dict[str, tuple[float, float]]:
    """By role, the mean resident MiB of its lasting processes in the first and in the last tenth of the samples."""
    tenth = max(1, len(samples) // 10)
    lasting = {role: set(samples[0].get(role, ())) & set(samples[-1].get(role, ())) for role in ROLES}
    return {
        role: (_mean(samples[:tenth], role, pids), _mean(samples[-tenth:], role, pids))
        for role, pids in lasting.items()
        if pids
    }


def _mean(samples: list[dict[str, dict[int, float]]], role: str, pids: set[int]) -> float:
    totals = [sum(sample[role].get(pid, 0.0) for pid in pids) for sample in samples if role in sample]
    return round(sum(totals) / len(totals), 1)


def percentiles(values: list[float]) -> list[float]:
    """The 50th, 90th and 99th."""
    return [round(float(value), 1) for value in np.percentile(values, (50, 90, 99))]


def table(burst: Burst) -> str:
    """What a burst gave, for people."""
    cores, cpu = os.cpu_count() or 1, sum(burst.cpu_seconds.values())
    rows = [
        f"{burst.title}: {burst.count} submissions, handed in within {burst.hand_in_seconds:.1f} s",
        f"recorded within {burst.seconds:.1f} s: {burst.rate:.1f} a second, {burst.rate / cores:.1f} a second and core",
        f"none lost, every score as expected, {burst.graded_twice or 'none'} graded twice",
        "",
        f"{'processor time a submission (ms)':34}{1000 * cpu / burst.count:9.1f}",
        *(f"  {role:32}{1000 * seconds / burst.count:9.1f}" for role, seconds in burst.cpu_seconds.items()),
        "",
        f"{'milliseconds':34}{'p50':>9}{'p90':>9}{'p99':>9}",
    ]
    for name, values in burst.milliseconds.items():
        rows.append(f"  {name:32}" + "".join(f"{value:9.1f}" for value in percentiles(values)))
    rows += ["", f"{'memory (MiB)':34}{'first':>9}{'last':>9}   tenth of the time"]
    rows += [f"  {role:32}{first:9.1f}{last:9.1f}" for role, (first, last) in burst.memory_mib.items()]
    return "\n".join(rows)
