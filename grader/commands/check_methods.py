"""Known methods of an assignment's board: each is timed shortly, and must reach the tier that it is said to reach.

The short timing may go on beside other work, for what counts is the time that a core spends on it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from contextlib import closing
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from grader.benchmark.run import FULL, Effort
from grader.commands.grade import open_launcher
from grader.commands.sample import launcher_of
from grader.commands.timed import Timer, accepted_samples, benchmark_of
from grader.contract import Assignment, Benchmark, Timing
from grader.sandbox.process import Launcher

SECONDS, MORE_SECONDS = 6.0, 20.0
"""Bounds of a short timing, and of the one that has the last word where the short one was not enough."""

FEW = Effort(least_pairs=2, fewest_pairs=4, most_pairs=8, calls=(1, 3))


@dataclasses.dataclass(frozen=True, slots=True)
class Method:
    """One known method: the tier that it must reach and the one that it reached, "" for none."""

    assignment: str
    name: str
    wanted: str
    tier: str
    ratio: float | None
    interval: tuple[float, float] | None
    problem: str

    def to_dict(self) -> dict[str, Any]:
        """The method as JSON-ready values."""
        return dataclasses.asdict(self)


def methods_of(assignment: Assignment) -> list[str]:
    """The names of the known methods; none where the assignment is not timed."""
    return [name for name, _ in assignment.benchmark.methods] if assignment.benchmark else []


def time_shortly(assignment: Assignment, name: str, seed: int) -> Method:
    """A known method by few calls. Raises BadInput for a broken reference, SandboxUnavailable, SandboxFailure."""
    return _timed(assignment, name, seed, launcher_of(assignment), Console(quiet=True), SECONDS, FEW)


def time_again(
    assignments: Iterable[Assignment], methods: Iterable[Method], seed: int, console: Console
) -> list[Method]:
    """The methods in the order of their boards; one that has a problem is timed longer, when nothing else is at work.

    Raises as `time_shortly` does.
    """
    found = {(method.assignment, method.name): method for method in methods}
    for assignment in assignments:
        doubtful = [name for name in methods_of(assignment) if _is_doubtful(found.get((assignment.id, name)))]
        if not doubtful:
            continue
        with closing(open_launcher(unsandboxed=False, assignment=assignment)) as launcher:
            for name in doubtful:
                method = _timed(assignment, name, seed, launcher, console, MORE_SECONDS, FULL)
                found[assignment.id, name] = method
    return [found[a.id, name] for a in assignments for name in methods_of(a) if (a.id, name) in found]


def _is_doubtful(method: Method | None) -> bool:
    return method is not None and bool(method.problem) and method.interval is not None


def _timed(
    assignment: Assignment,
    name: str,
    seed: int,
    launcher: Launcher,
    console: Console,
    seconds: float,
    effort: Effort,
) -> Method:
    benchmark = benchmark_of(assignment)
    wanted = dict(benchmark.methods)[name]
    effort = dataclasses.replace(effort, thresholds=tuple(tier.at_least for tier in benchmark.tiers))
    timer = Timer(assignment, launcher, seed=seed, console=console)
    files = accepted_samples(assignment)[name]
    timing = timer.time(files, f"{assignment.id} {name}", seconds=seconds, effort=effort)
    is_elsewhere = assignment.gpu and timing.device.kind == "cpu"
    problem = problem_of(timing, benchmark, wanted, only_timed=is_elsewhere)
    return Method(assignment.id, name, wanted, timing.tier, timing.ratio, timing.interval, problem)


def problem_of(timing: Timing, benchmark: Benchmark, wanted: str, *, only_timed: bool = False) -> str:
    """What an assignment's author must mend, or nothing. `only_timed`: the tiers are another device's."""
    if timing.interval is None:
        return f"is not timed: {timing.message}"
    if only_timed:
        return ""
    low, high = timing.interval
    spread = f"its speed is {timing.ratio:.3g} ({low:.3g} to {high:.3g})"
    for tier in benchmark.tiers:
        if low <= tier.at_least <= high:
            return f"is too close to the threshold of {tier.name}, {tier.at_least:g}: {spread}"
    if timing.tier != wanted:
        return f"reaches {timing.tier or 'no tier'}, not {wanted or 'none'}: {spread}"
    return ""


def show_checked_methods(assignment: str, methods: Sequence[Method], console: Console) -> None:
    """One assignment's known methods."""
    own = [method for method in methods if method.assignment == assignment]
    if not own:
        return
    table = Table(title=f"{assignment}: known methods by speed", title_justify="left")
    table.add_column("Method", overflow="fold")
    table.add_column("Speed", justify="right")
    table.add_column("95 % interval", justify="right")
    table.add_column("Tier")
    table.add_column("Must reach")
    for method in sorted(own, key=lambda method: method.ratio or 0.0):
        low, high = method.interval or (None, None)
        interval = "-" if low is None else f"{low:.3g} to {high:.3g}"
        ratio = "-" if method.ratio is None else f"{method.ratio:.3g}"
        tiers = (method.tier or "none", method.wanted or "none")
        table.add_row(Text(method.name), ratio, interval, *tiers, style="red" if method.problem else "")
    console.print(table)
