"""The processor core that a timing has to itself: chosen by how idle it is, held by a lock, and the judge put on it.

Judge, submission and reference share the one core, and of the two timed processes one is stopped: so work that a
submission does in a second thread, or while it is not asked, takes from its own time or does not happen.
"""

from __future__ import annotations

import fcntl
import os
import platform
import re
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

LOOK_SECONDS = 0.1
POLL_SECONDS = 0.2
CACHES = Path("/sys/devices/system/cpu")

WAKING_MILLISECONDS = 0.5
"""What it may take until a core that slept goes on: a virtual machine has to be given its core back."""

LEAST_CACHE, MOST_CACHE = 32 << 20, 128 << 20
"""Bytes that are taken for a core's last cache at least, and at most: emptying a larger one before every call would
take longer than the call."""


@contextmanager
def held_core() -> Iterator[int]:
    """The number of the idlest core that no other timing holds; waits for one. The caller runs on it meanwhile."""
    before = os.sched_getaffinity(0)
    number, lock = _take(before)
    try:
        os.sched_setaffinity(0, {number})
        yield number
    finally:
        os.sched_setaffinity(0, before)
        os.close(lock)


def _take(allowed: set[int]) -> tuple[int, int]:
    folder = Path(tempfile.gettempdir(), f"stride-cores-{os.getuid()}")
    folder.mkdir(mode=0o700, exist_ok=True)
    while True:
        for number in _idlest_first(allowed):
            lock = os.open(folder / f"core-{number}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                os.close(lock)
            else:
                return number, lock
        time.sleep(POLL_SECONDS)


def _idlest_first(allowed: set[int]) -> list[int]:
    before = _idle_ticks()
    time.sleep(LOOK_SECONDS)
    after = _idle_ticks()
    return sorted(allowed, key=lambda number: (before.get(number, 0) - after.get(number, 0), number))


def _idle_ticks() -> dict[int, int]:
    """Ticks that each core has had nothing to do since the system was started (proc_stat(5))."""
    lines = Path("/proc/stat").read_text().splitlines()
    cores = (re.match(r"cpu(\d+) \d+ \d+ \d+ (\d+)", line) for line in lines)
    return {int(core[1]): int(core[2]) for core in cores if core}


@dataclass(frozen=True, slots=True)
class Moment:
    """Milliseconds so far: on the wall, of the judge's thread on the core, and of it and the process in wait for it."""

    wall: float
    judge: float = 0.0
    waited: float = 0.0


@dataclass(frozen=True, slots=True)
class Spent:
    """What a call took, in milliseconds: on the core, and `idle`, when neither judge nor process wanted the core."""

    used: float
    idle: float = 0.0

    @property
    def counted(self) -> float:
        """The time of the call. Who sleeps could choose a quiet moment of the machine, so that counts as well."""
        return self.used + max(0.0, self.idle - WAKING_MILLISECONDS)


class CoreTime:
    """The processor time that a timed process and the caller's thread have used together, in milliseconds.

    Both have one thread, on one core, so between the reveal of an input and the snapshot of its output this is the wall
    time without what other programs took in between: a busy machine makes a call wait, not work. The kernel counts it,
    and how long each was ready to run and had to wait (schedstat, Documentation/scheduler/sched-stats.rst); where it
    does not, the wall clock is read.
    """

    def __init__(self, pid: int) -> None:
        """`pid` is of a process that has run, and does not run now. Its time is asked for by the same thread alone."""
        self.files = [_opened(f"/proc/{pid}/schedstat"), _opened("/proc/thread-self/schedstat")]
        if self.is_counted and not self._used():  # so a kernel says that was built without these statistics
            self.close()

    @property
    def is_counted(self) -> bool:
        """Whether the kernel counts what the process uses."""
        return min(self.files) >= 0

    def process_milliseconds(self) -> float:
        """What the process has used so far, 0 where it is not counted; it must not be running.

        Raises ProcessLookupError when it has ended.
        """
        return self._used() / 1e6 if self.is_counted else 0.0

    def moment(self) -> Moment:
        """Now. Raises ProcessLookupError when the process has ended."""
        wall = time.perf_counter_ns() / 1e6
        if not self.is_counted:
            return Moment(wall)
        return Moment(wall, time.thread_time_ns() / 1e6, sum(_numbers(file)[1] for file in self.files) / 1e6)

    def spent(self, began: Moment, ended: Moment, process: float) -> Spent:
        """What was spent between two moments, of which the process has used `process` milliseconds."""
        wall, judge = ended.wall - began.wall, ended.judge - began.judge
        if not self.is_counted:
            return Spent(wall)
        return Spent(judge + process, wall - judge - process - (ended.waited - began.waited))

    def _used(self) -> int:
        return _numbers(self.files[0])[0]

    def close(self) -> None:
        """Let go of the kernel's files."""
        for file in self.files:
            if file >= 0:
                os.close(file)
        self.files = [-1]


def _opened(path: str) -> int:
    try:
        return os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return -1


def _numbers(file: int) -> list[int]:
    """Nanoseconds on a core, nanoseconds ready to run and in wait for one, and number of turns."""
    return list(map(int, os.pread(file, 100, 0).split()))


class WallTime:
    """The wall clock in the place of CoreTime, where a process waits for a device that works for it."""

    def process_milliseconds(self) -> float:
        """Nothing is counted."""
        return 0.0

    def moment(self) -> Moment:
        """Now."""
        return Moment(time.perf_counter_ns() / 1e6)

    def spent(self, began: Moment, ended: Moment, process: float) -> Spent:
        """All the time between two moments."""
        return Spent(ended.wall - began.wall + process)

    def close(self) -> None:
        """Nothing is kept."""


def processor_name() -> str:
    """What the processor's maker calls it."""
    found = re.search(r"^model name\s*: (.+)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    return found[1].strip() if found else platform.processor() or platform.machine()


@cache
def last_cache() -> int:
    """Bytes of the largest cache that a core of this machine uses, as the kernel tells it, between two bounds."""
    sizes = [path.read_text().strip() for path in CACHES.glob("cpu*/cache/index*/size")]
    told = [int(size[:-1]) << 10 for size in sizes if re.fullmatch(r"\d+K", size)]
    return min(max([LEAST_CACHE, *told]), MOST_CACHE)
