"""What `stride doctor` says about timings: whether this machine can take them, and how steady they will be."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits

from grader.benchmark.cores import CoreTime
from grader.contract.findings import Finding, Health

SIZE = 256
REPEATS = 60
MOST_SWING = 0.10
"""How far apart the quartiles of equal work may lie, relative to its median, on a machine that is calm."""

MOST_LOAD = 0.75
"""For each core."""

MOST_STOLEN = 0.01
LITTLE_STOLEN = 0.001
FEWEST_CORES = 2


@dataclass(frozen=True, slots=True)
class Seen:
    """What matters to timings. `cores` are those that this process may use, `load` is the last minute's.

    `is_counted` says whether the kernel counts what each process uses, `swing` how far apart the quartiles of the time
    of equal work lie, relative to its median, and `stolen` which part of the cores' time a virtual machine's host gave
    to others. `shares_cores`: two of the kernel's cores are one of the processor's (hyper-threading).
    """

    cores: int
    is_counted: bool
    load: float
    swing: float
    stolen: float = 0.0
    shares_cores: bool = False


def look() -> Seen:
    """Look at this machine; takes a fraction of a second."""
    own = CoreTime(os.getpid())
    is_counted = own.is_counted
    own.close()
    return Seen(
        cores=len(os.sched_getaffinity(0)),
        is_counted=is_counted,
        load=os.getloadavg()[0],
        swing=_swing(),
        stolen=_stolen(Path("/proc/stat").read_text()),
        shares_cores=_reads("/sys/devices/system/cpu/smt/active") == "1",
    )


def finding(seen: Seen) -> Finding:
    """One line of the table. Nothing here makes times wrong: limited is a machine where they take longer, or swing."""
    mend = "; ".join(_advice(seen))
    clock = "the kernel counts what each process uses" if seen.is_counted else "only the wall clock can be read"
    told = [f"{seen.cores} {'core' if seen.cores == 1 else 'cores'}", clock, f"load {seen.load:.1f}"]
    told.append(f"equal work varies by {seen.swing:.1%} (quartiles)")
    if seen.stolen > LITTLE_STOLEN:
        told.append(f"the host took {seen.stolen:.1%} of the cores' time")
    return Finding("timings", Health.LIMITED if mend else Health.GOOD, ", ".join(told), mend)


def _advice(seen: Seen) -> Iterator[str]:
    if seen.cores < FEWEST_CORES:
        yield "a timing holds one core: give its worker a second one for all else"
    if not seen.is_counted:
        yield "take a kernel with CONFIG_SCHED_INFO, as most have, or the work of other programs counts as well"
    if seen.load > MOST_LOAD * seen.cores:
        yield "much else runs here, so timings take longer and are less narrow: time on a machine of its own"
    if seen.swing > MOST_SWING:
        yield f"equal work should vary by less than {MOST_SWING:.0%}: look for other programs, or a changing clock rate"
    if seen.stolen > MOST_STOLEN:
        yield "take a virtual machine with cores of its own"
    if seen.shares_cores:
        yield "two of these cores share one of the processor's: switch hyper-threading off, or keep the second one idle"


def _swing() -> float:
    """The spread of the processor time of equal matrix products of some milliseconds each."""
    a = np.random.default_rng(0).standard_normal((SIZE, SIZE))
    taken = []
    with threadpool_limits(1):
        for _ in range(REPEATS):
            began = time.thread_time_ns()
            a @ a @ a
            taken.append(time.thread_time_ns() - began)
    low, middle, high = np.percentile(taken, [25, 50, 75])
    return float((high - low) / middle)


def _stolen(statistics: str) -> float:
    """The part of all time since the start that the host of a virtual machine gave to others (proc_stat(5))."""
    ticks = [int(word) for word in statistics.splitlines()[0].split()[1:9]]
    return ticks[7] / max(1, sum(ticks))


def _reads(path: str) -> str:
    try:
        return Path(path).read_text().strip()
    except OSError:
        return ""
