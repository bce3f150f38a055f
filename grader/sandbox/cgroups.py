"""A control group for each warm process, which bounds what a submission uses: all its processes together.

To move a process into a group costs the kernel some 10 ms, so none is made for each submission: a warm process is
started in its group, what it forks is in it too, and the bounds are set anew for each: what is used now, and its
limits.

Version 2 where its memory controller can be used, version 1 where that is what is mounted. Where neither can be written
(an ordinary user without delegation, most containers), the limits of each process and the minder's watch remain:
`stride doctor` says which.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import re
import shlex
import time
from dataclasses import dataclass
from pathlib import Path

from grader.contract import Limits

PREFIX = "stride-"
LEAF = "stride-main"
"""Version 2 lets no group have both processes and bounded children: the worker itself moves here."""

MINDER_MIB = 16
"""What the minder of a submission needs: mostly the tables of the pages that it shares with the warm process."""

FILES = {
    1: ("memory.usage_in_bytes", "memory.limit_in_bytes", "memory.oom_control"),
    2: ("memory.current", "memory.max", "memory.events"),
}

_numbers = itertools.count(1)


class Group:
    """The control group of one warm process. `memory` and `pids` are folders, the same one in version 2."""

    def __init__(self, version: int, memory: Path, pids: Path | None) -> None:
        self.memory = memory
        self.pids = pids
        self.usage, self.maximum, self.events = FILES[version]
        self.kills = 0
        self.log: int | None = None

    @property
    def folders(self) -> list[Path]:
        """Each folder once."""
        return [self.memory] if self.pids is None or self.pids == self.memory else [self.memory, self.pids]

    def joining(self) -> list[str]:
        """The command before a command that starts it in this group."""
        script = "".join(f"echo 0 > {shlex.quote(str(folder / 'cgroup.procs'))} && " for folder in self.folders)
        return ["/bin/sh", "-c", script + 'exec "$@"', "sh"]

    def bound(self, limits: Limits, others: int = 0) -> None:
        """Set a submission's limits: on top of what is there now, and of the minder. Raises OSError.

        `others` are submissions in it already, as in a timing: each may still come to use as much.
        """
        used = int((self.memory / self.usage).read_text())
        (self.memory / self.maximum).write_text(str(used + (1 + others) * ((limits.memory_mib + MINDER_MIB) << 20)))
        if self.pids is not None:
            there = int((self.pids / "pids.current").read_text())
            (self.pids / "pids.max").write_text(str(there + (1 + others) * (1 + limits.processes)))
        self.kills = self._kills()

    def was_out_of_memory(self) -> bool:
        """Whether the kernel has killed in it for lack of memory since the bounds were set."""
        return self._kills() > self.kills

    def _kills(self) -> int:
        """Asked for after every answer, so the file stays open."""
        if self.log is None:
            self.log = os.open(self.memory / self.events, os.O_RDONLY | os.O_CLOEXEC)
        text = os.pread(self.log, 4096, 0)
        found = re.search(rb"^oom_kill (\d+)", text, re.MULTILINE)
        return int(found[1]) if found else 0

    def remove(self) -> None:
        """Take it away, once its processes have ended: the kernel needs a moment to let go of them."""
        if self.log is not None:
            os.close(self.log)
            self.log = None
        for folder in self.folders:
            for _ in range(50):
                with contextlib.suppress(OSError):
                    folder.rmdir()
                if not folder.exists():
                    break
                time.sleep(0.01)


@dataclass(frozen=True, slots=True)
class Cgroups:
    """Where groups can be made. `pids` is the same folder as `memory` in version 2, and may be missing in version 1."""

    version: int
    memory: Path
    pids: Path | None

    def make(self) -> Group:
        """A new group. Raises OSError."""
        name = f"{PREFIX}{os.getpid()}-{next(_numbers)}"
        group = Group(self.version, self.memory / name, self.pids / name if self.pids else None)
        for folder in group.folders:
            folder.mkdir()
        swap, value = ("memory.swap.max", "0") if self.version == 2 else ("memory.swappiness", "0")
        if (group.memory / swap).exists():
            (group.memory / swap).write_text(value)
        return group

    def clear(self) -> None:
        """Take away what workers that are gone have left."""
        for base in {self.memory, self.pids or self.memory}:
            for folder in base.glob(f"{PREFIX}*-*"):
                owner = folder.name.split("-")[1]
                if owner.isdecimal() and not Path("/proc", owner).exists():
                    with contextlib.suppress(OSError):
                        folder.rmdir()


def find() -> Cgroups | None:
    """The control groups that this process may make, tried out; None where it may make none."""
    for candidate in (_version_2, _version_1):
        try:
            found = candidate()
            if found is not None:
                found.clear()
                group = found.make()
                group.bound(Limits())
                group.remove()
                return found
        except OSError:
            continue
    return None


def _own_paths() -> dict[str, str]:
    """This process's group by controller; that of version 2 has an empty name (cgroups(7))."""
    lines = Path("/proc/self/cgroup").read_text().splitlines()
    return {name: path for _, names, path in (line.split(":", 2) for line in lines) for name in names.split(",")}


def _mounts() -> dict[str, Path]:
    """Where each controller of version 1 is mounted; version 2 has an empty name."""
    found: dict[str, Path] = {}
    for line in Path("/proc/self/mounts").read_text().splitlines():
        _, place, kind, options, *_ = line.split()
        if kind == "cgroup2":
            found[""] = Path(place)
        elif kind == "cgroup":
            found |= {name: Path(place) for name in options.split(",") if name in ("memory", "pids")}
    return found


def _base(controller: str) -> Path | None:
    mount, path = _mounts().get(controller), _own_paths().get(controller)
    return mount / path.lstrip("/") if mount and path else None


def _version_1() -> Cgroups | None:
    memory = _base("memory")
    return Cgroups(1, memory, _base("pids")) if memory and memory.is_dir() else None


def _version_2() -> Cgroups | None:
    base = _base("")
    if base is None or not (base / "cgroup.controllers").is_file():
        return None
    if base.name == LEAF:
        base = base.parent
    if "memory" not in (base / "cgroup.controllers").read_text().split():
        return None
    if "memory" not in (base / "cgroup.subtree_control").read_text().split():
        leaf = base / LEAF
        leaf.mkdir(exist_ok=True)
        for pid in (base / "cgroup.procs").read_text().split():
            (leaf / "cgroup.procs").write_text(pid)
        (base / "cgroup.subtree_control").write_text("+memory +pids")
    return Cgroups(2, base, base)
