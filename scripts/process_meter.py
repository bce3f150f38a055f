"""What processes use: processor time and memory of whole trees of them, read from /proc."""

from __future__ import annotations

import os
import threading
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

GRADER = "grader"
WARM_GENERATIONS = 3
"""Two of bubblewrap's and the warm process, which waits for the sandboxes that it forks."""
TICK_SECONDS = 1 / os.sysconf("SC_CLK_TCK")
PAGE_MIB = os.sysconf("SC_PAGE_SIZE") / 2**20
PARENT, USER, SYSTEM, CHILDREN_USER, CHILDREN_SYSTEM, RESIDENT = 1, 11, 12, 13, 14, 21
"""Places in /proc/<pid>/stat after the name in parentheses (proc(5) counts from 1, with two before)."""


@dataclass(frozen=True, slots=True)
class Usage:
    """One process at one moment."""

    pid: int
    parent: int
    name: str
    own_seconds: float
    """processor time of its own"""
    ended_seconds: float
    """processor time of children that have ended, and of theirs"""
    resident_mib: float


def everything() -> dict[int, Usage]:
    """Every process of the machine, by its number."""
    return {usage.pid: usage for usage in _read_all()}


def _read_all() -> Iterator[Usage]:
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            text = path.read_text(encoding="utf-8", errors="replace")
        except (FileNotFoundError, ProcessLookupError):
            continue
        yield parse(text)


def parse(text: str) -> Usage:
    """A process from the text of its /proc/<pid>/stat."""
    head, _, tail = text.rpartition(")")
    number, _, name = head.partition(" (")
    fields = tail.split()
    return Usage(
        pid=int(number),
        parent=int(fields[PARENT]),
        name=name,
        own_seconds=(int(fields[USER]) + int(fields[SYSTEM])) * TICK_SECONDS,
        ended_seconds=(int(fields[CHILDREN_USER]) + int(fields[CHILDREN_SYSTEM])) * TICK_SECONDS,
        resident_mib=int(fields[RESIDENT]) * PAGE_MIB,
    )


def below(processes: Mapping[int, Usage], roots: set[int], generations: int = 1000) -> set[int]:
    """The numbers of all that descend from `roots` within so many generations, without these."""
    children = defaultdict(set)
    for usage in processes.values():
        children[usage.parent].add(usage.pid)
    found: set[int] = set()
    generation = set(roots)
    while generation and generations:
        generations -= 1
        generation = {pid for parent in generation for pid in children[parent]}
        found |= generation
    return found


class Meter:
    """Follows trees of processes: the memory of each process every few seconds, and the processor time of all.

    `roots` are the first processes by role. What descends from one has its role, but for a grader's: the processes of
    its pool are "judge", and what descends from those, and from the grader otherwise, is "sandbox".
    """

    def __init__(self, roots: Mapping[str, int], seconds: float = 0.5) -> None:
        self.roots = dict(roots)
        self.seconds = seconds
        self.samples: list[dict[str, dict[int, float]]] = []
        """one entry a sample: the resident MiB of each process, by role and number"""
        self._sandbox_seconds: dict[int, float] = {}
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._follow, name="meter", daemon=True)

    def __enter__(self) -> Meter:
        self.sample()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ending.set()
        self._thread.join()
        self.sample()

    def _follow(self) -> None:
        while not self._ending.wait(self.seconds):
            self.sample()

    def sample(self) -> None:
        """Note the memory of every process, and what the sandboxes have used."""
        processes = everything()
        found: dict[str, dict[int, float]] = defaultdict(dict)
        roles = self.roles(processes)
        for pid, role in roles.items():
            found[role][pid] = processes[pid].resident_mib
        self.samples.append(dict(found))
        self._note_sandboxes(processes, roles)

    def _note_sandboxes(self, processes: Mapping[int, Usage], roles: Mapping[int, str]) -> None:
        """Warm processes are replaced now and then, and nobody waits for them: what was seen last is what they used."""
        judges = {pid for pid, role in roles.items() if role == "judge"}
        for pid in below(processes, judges, WARM_GENERATIONS):
            self._sandbox_seconds[pid] = processes[pid].own_seconds + processes[pid].ended_seconds

    def roles(self, processes: Mapping[int, Usage]) -> dict[int, str]:
        """The role of every process that belongs to one of the trees."""
        roles = {}
        for role, root in self.roots.items():
            tree = below(processes, {root})
            roles |= dict.fromkeys(tree, role)
            if role == GRADER:
                roles |= dict.fromkeys(tree, "sandbox")
                roles |= {pid: "judge" for pid in tree if _is_of_the_pool(processes[pid], root)}
            roles[root] = role
        return {pid: role for pid, role in roles.items() if pid in processes}

    def seconds_used(self) -> dict[str, float]:
        """Processor seconds by role since the processes began, children that have ended included."""
        processes = everything()
        used: dict[str, float] = defaultdict(float)
        roles = self.roles(processes)
        for pid, role in roles.items():
            if role != "sandbox":
                ended = 0.0 if role in ("judge", GRADER) else processes[pid].ended_seconds
                used[role] += processes[pid].own_seconds + ended
        self._note_sandboxes(processes, roles)
        return dict(used) | {"sandbox": sum(self._sandbox_seconds.values())}


def _is_of_the_pool(usage: Usage, grader: int) -> bool:
    return usage.parent == grader and usage.name.startswith(("python", "celery"))
