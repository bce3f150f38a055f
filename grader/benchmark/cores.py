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
from pathlib import Path

LOOK_SECONDS = 0.1
POLL_SECONDS = 0.2


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


class CoreTime:
    """The processor time that a timed process and the caller's thread have used together, in milliseconds.

    Both have one thread, on one core, so between the reveal of an input and the snapshot of its output this is the wall
    time without what other programs took in between: a busy machine makes a call wait, not work. The kernel counts it
    (schedstat, Documentation/scheduler/sched-stats.rst); where it does not, the wall clock is read.
    """

    def __init__(self, pid: int) -> None:
        """`pid` is of a process that has run, and does not run now."""
        try:
            self.file = os.open(f"/proc/{pid}/schedstat", os.O_RDONLY | os.O_CLOEXEC)
        except OSError:
            self.file = -1
        if self.file >= 0 and not self._used():  # so a kernel says that was built without these statistics
            self.close()

    @property
    def is_counted(self) -> bool:
        """Whether the kernel counts what the process uses."""
        return self.file >= 0

    def milliseconds(self) -> float:
        """The time so far, at a moment when the process does not run. Raises ProcessLookupError when it has ended."""
        if not self.is_counted:
            return time.perf_counter_ns() / 1e6
        return (self._used() + time.thread_time_ns()) / 1e6

    def process_milliseconds(self) -> float:
        """What the process alone has used, 0 where it is not counted. Raises ProcessLookupError when it has ended."""
        return self._used() / 1e6 if self.is_counted else 0.0

    def _used(self) -> int:
        return int(os.pread(self.file, 100, 0).split()[0])

    def close(self) -> None:
        """Let go of the kernel's file."""
        if self.file >= 0:
            os.close(self.file)
            self.file = -1


class WallTime:
    """The wall clock in the place of CoreTime, where a process waits for a device that works for it."""

    def milliseconds(self) -> float:
        """The time so far."""
        return time.perf_counter_ns() / 1e6

    def process_milliseconds(self) -> float:
        """Nothing is counted."""
        return 0.0

    def close(self) -> None:
        """Nothing is kept."""


def processor_name() -> str:
    """What the processor's maker calls it."""
    found = re.search(r"^model name\s*: (.+)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    return found[1].strip() if found else platform.processor() or platform.machine()
