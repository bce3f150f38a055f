"""What a submission may have left on this machine: processes, files, control groups."""

from __future__ import annotations

import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np

from tests.hostile.canaries import REPOSITORY

PATIENCE_SECONDS = 5.0
SHARED = ("/tmp", "/var/tmp", "/dev", "/dev/shm", "/run", "/run/lock", "/dev/mqueue")


def fields(pid: str) -> tuple[int, int, str]:
    """A process's parent, how many pid namespaces deep it is, and its name. Raises OSError when it has ended."""
    status = dict(line.split(":", 1) for line in Path("/proc", pid, "status").read_text().splitlines())
    if status["State"].split()[0] == "Z":
        raise ProcessLookupError(pid)
    return int(status["PPid"]), len(status.get("NSpid", "0").split()), status["Name"].strip()


def processes() -> dict[int, tuple[int, int, str]]:
    """All processes that can be seen."""
    found = {}
    for name in filter(str.isdecimal, (path.name for path in Path("/proc").iterdir())):
        try:
            found[int(name)] = fields(name)
        except (OSError, KeyError):
            continue
    return found


def depths_below(worker: int) -> Counter[int]:
    """How many processes of a worker there are in pid namespaces of each depth: those of submissions are deepest."""
    seen = processes()
    family = {worker}
    while more := {pid for pid, (parent, _, _) in seen.items() if parent in family} - family:
        family |= more
    return Counter(seen[pid][1] for pid in family - {worker})


def marked_processes(mark: str) -> list[int]:
    """Processes that gave themselves the name by which this run's submissions are known."""
    return [pid for pid, (_, _, name) in processes().items() if name == mark]


def marked_files(mark: str, folders: Iterable[Path | str]) -> list[str]:
    """Files directly in these folders whose names begin as this run's submissions are told to begin them."""
    found = []
    for folder in folders:
        try:
            found += [str(path) for path in Path(folder).iterdir() if path.name.startswith(mark)]
        except OSError:
            continue
    return found


def writable_places(assignment: Path) -> list[Path | str]:
    """Where a submission that got out could write, as far as the collection tries."""
    library = Path(os.__file__).parent
    packages = [library, library / "__pycache__", Path(np.__file__).parent, Path(np.__file__).parent.parent]
    ours = [REPOSITORY, REPOSITORY / "grader" / "sandbox" / "inside", assignment, Path.cwd(), Path.home()]
    return [*SHARED, *packages, *ours, *[path for path in sys.path if path]]


def fingerprint(folder: Path) -> dict[str, tuple[int, int, int]]:
    """Size, time of change and rights of every file below a folder."""
    found = {}
    for place, _, names in os.walk(folder):
        for path in (Path(place, name) for name in names):
            about = path.lstat()
            found[str(path)] = (about.st_size, about.st_mtime_ns, about.st_mode)
    return found


def control_groups() -> list[str]:
    """The control groups that this process has made, in every tree that is mounted."""
    prefix = f"stride-{os.getpid()}-"
    # Other programs' groups come and go meanwhile: os.walk passes over a folder that is gone, Path.glob fails.
    tree = os.walk("/sys/fs/cgroup")
    return sorted(f"{place}/{name}" for place, names, _ in tree for name in names if name.startswith(prefix))


class Memory:
    """How far the memory of this process rises from here, in MiB (proc(5))."""

    def __init__(self) -> None:
        Path("/proc/self/clear_refs").write_text("5")
        self.held = self._kib("VmRSS")

    def peak(self) -> float:
        """The most that it has held since, beyond what it held then."""
        return (self._kib("VmHWM") - self.held) / 1024

    @staticmethod
    def _kib(name: str) -> int:
        lines = Path("/proc/self/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:"))


def soon(holds: Callable[[], bool]) -> bool:
    """Whether something holds within the time that the kernel needs to clear away what was killed."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True
