"""Hold the timing of submissions to its word: equal code must come out equal, and 15 % more work must be called slower.

python -m scripts.bench_timing [--quick] [--json]: two programs that come and go take both cores' time meanwhile.
Ends with 1 where a figure is not reached.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import click
import numpy as np
from rich.console import Console
from rich.progress import Progress

from grader.benchmark.run import reference_files, time_submission
from grader.commands.selection import find_assignment, our_failures
from grader.contract import Assignment, Comparison, Timing
from grader.sandbox.gpu import launcher_for

LEAST_HOLDING, MOST_UNEQUAL, LEAST_SLOWER = 0.93, 0.02, 0.9
MOST_SECONDS = 60.0
SLOWER = """

_measured_conv_forward = conv_forward


def conv_forward(x, *others):
    answer = _measured_conv_forward(x, *others)
    rows = round({share} * x.shape[0] * x.shape[2])
    _measured_conv_forward(x[:1, :, :rows], *others)
    return answer
"""
"""The reference, and once more for so many rows of the first image as are that share of the batch's rows."""

SHARE = 0.15
BURNER = """
import os, random, time
parent = os.getppid()
while os.getppid() == parent:
    until = time.monotonic() + random.uniform(0.1, 2)
    while time.monotonic() < until:
        bytes(bytearray(1 << 22))
    time.sleep(random.uniform(0.1, 2))
"""


@dataclass(slots=True)
class Figures:
    """What was measured. `equal` are timings of the reference against itself, `slower` those of the variant."""

    assignment: Assignment
    equal: list[Timing] = field(default_factory=list)
    slower: list[Timing] = field(default_factory=list)
    load: list[float] = field(default_factory=list)

    @property
    def holding(self) -> int:
        """How many intervals of equal code hold 1."""
        return sum(low <= 1 <= high for low, high in map(_interval, self.equal))

    @property
    def unequal(self) -> int:
        """In how many pairs of successive timings of equal code the tiers differ; the last is paired with the first."""
        return _differing([timing.tier for timing in self.equal])

    @property
    def worst_unequal(self) -> int:
        """The same for a single threshold where it would do most harm."""
        lows = [low for low, _ in map(_interval, self.equal)]
        return max(_differing([low >= threshold for low in lows]) for threshold in lows)

    @property
    def called_slower(self) -> int:
        """How many timings of the variant say that it is slower."""
        return sum(timing.verdict is Comparison.SLOWER for timing in self.slower)

    def problems(self) -> Iterator[str]:
        """Which figures are not reached."""
        equal, slower = len(self.equal), len(self.slower)
        if self.holding < LEAST_HOLDING * equal:
            yield f"only {self.holding} of {equal} intervals of equal code hold 1"
        if self.unequal > MOST_UNEQUAL * equal:
            yield f"{self.unequal} of {equal} pairs of equal code get different tiers"
        if self.called_slower < LEAST_SLOWER * slower:
            yield f"only {self.called_slower} of {slower} timings call the variant slower"
        longest = max(timing.seconds for timing in self.slower)
        if longest > MOST_SECONDS:
            yield f"a timing took {longest:.0f} s"

    def to_dict(self) -> dict[str, Any]:
        """As JSON has it."""
        return {
            "assignment": self.assignment.id,
            "device": self.equal[0].device.name,
            "cores": os.cpu_count(),
            "load": {"least": min(self.load), "median": float(np.median(self.load)), "most": max(self.load)},
            "equal": _summary(self.equal)
            | {"hold_1": self.holding, "tiers_differ": self.unequal, "tiers_differ_at_worst": self.worst_unequal},
            "slower": _summary(self.slower) | {"called_slower": self.called_slower},
            "problems": list(self.problems()),
        }


def _differing(values: Sequence[object]) -> int:
    return sum(value != values[number - 1] for number, value in enumerate(values)) if len(values) > 1 else 0


def _interval(timing: Timing) -> tuple[float, float]:
    if timing.interval is None:
        raise click.ClickException(f"a timing has no interval: {timing.message}")
    return timing.interval


def _summary(timings: Sequence[Timing]) -> dict[str, Any]:
    intervals = [_interval(timing) for timing in timings]
    seconds = [timing.seconds for timing in timings]
    return {
        "timings": len(timings),
        "ratios": [round(timing.ratio or 0.0, 4) for timing in timings],
        "median_width": round(float(np.median([high / low - 1 for low, high in intervals])), 4),
        "median_seconds": round(float(np.median(seconds)), 1),
        "most_seconds": max(seconds),
    }


@contextmanager
def background_load(count: int) -> Iterator[list[int]]:
    """So many programs that take a core's time and memory's for a while, sleep for a while, and so on; their pids."""
    started = [subprocess.Popen([sys.executable, "-c", BURNER]) for _ in range(count)]
    try:
        yield [process.pid for process in started]
    finally:
        for process in started:
            process.kill()
            process.wait()


def slower_variant(files: Mapping[str, str], filename: str, share: float = SHARE) -> dict[str, str]:
    """The files with so much more work in every call of `conv_forward`."""
    return {**files, filename: files[filename] + SLOWER.format(share=share)}


def measure(assignment: Assignment, comparisons: int, runs: int, seconds: float, progress: Progress) -> Figures:
    """Time the reference against itself, then the variant. Raises SandboxUnavailable."""
    figures = Figures(assignment)
    reference = reference_files(assignment)
    slower = slower_variant(reference, assignment.filename)
    plans = ((reference, figures.equal, comparisons), (slower, figures.slower, runs))
    task = progress.add_task("timings", total=comparisons + runs)
    with launcher_for(assignment) as launcher:
        for files, timings, count in plans:
            for seed in range(count):
                timings.append(time_submission(assignment, files, launcher, seed, seconds=seconds))
                figures.load.append(os.getloadavg()[0])
                progress.advance(task)
    return figures


def show(figures: Figures, console: Console) -> None:
    """The figures in words."""
    data = figures.to_dict()
    equal, slower, load = data["equal"], data["slower"], data["load"]
    longest = max(equal["most_seconds"], slower["most_seconds"])
    lines = [
        f"{data['assignment']} on {data['device']}, {data['cores']} cores",
        f"load {load['least']:.1f} to {load['most']:.1f}, half of the time below {load['median']:.1f}",
        f"equal code: {equal['hold_1']} of {equal['timings']} intervals hold 1",
        f"  half of them are narrower than {equal['median_width']:.1%}; {_range(equal['ratios'])}",
        f"  {equal['tiers_differ']} of {equal['timings']} pairs get different tiers",
        f"  {equal['tiers_differ_at_worst']} would, with a threshold right where it does most harm",
        f"{SHARE:.0%} more work: {slower['called_slower']} of {slower['timings']} called slower",
        f"  {_range(slower['ratios'])}",
        f"one timing: {equal['median_seconds']:.1f} s at the median, {longest:.1f} s at most",
    ]
    lines += [f"✘ {problem}" for problem in data["problems"]]
    for line in lines:
        console.print(line, highlight=False)


def _range(ratios: Sequence[float]) -> str:
    return f"ratios from {min(ratios):.3f} to {max(ratios):.3f}"


@click.command()
@click.option("--assignment", default="04", show_default=True, help="Whose reference is timed.")
@click.option("--comparisons", type=click.IntRange(1), help="Timings of equal code.  [default: 100, quick 10]")
@click.option("--runs", type=click.IntRange(1), help="Timings of the slower variant.  [default: 10, quick 3]")
@click.option("--seconds", type=click.FloatRange(1), help="Bound of one timing.  [default: the assignment's, quick 10]")
@click.option("--burners", type=click.IntRange(0), default=2, show_default=True, help="Programs that load the machine.")
@click.option("--quick", is_flag=True, help="Fewer timings.")
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON on standard output, nothing else.")
def main(
    assignment: str,
    comparisons: int | None,
    runs: int | None,
    seconds: float | None,
    burners: int,
    quick: bool,
    as_json: bool,
) -> None:
    """Time equal code and slower code under a load that comes and goes; ends with 1 where a figure is not reached."""
    chosen = find_assignment(assignment)
    if chosen.benchmark is None:
        raise click.UsageError(f"{chosen.id} is not timed")
    if "conv_forward" not in [entry.name for entry in chosen.entries]:
        raise click.UsageError(f"{chosen.id} has no conv_forward, which the slower variant repeats in part")
    comparisons, runs = comparisons or (10 if quick else 100), runs or (3 if quick else 10)
    bound = seconds or (10.0 if quick else chosen.benchmark.seconds)
    with (
        our_failures(),
        background_load(burners),
        Progress(console=Console(stderr=True), transient=True) as progress,
    ):
        figures = measure(chosen, comparisons, runs, bound, progress)
    if as_json:
        sys.stdout.write(json.dumps(figures.to_dict(), indent=2) + "\n")
    else:
        show(figures, Console())
    if any(figures.problems()):
        sys.exit(1)


if __name__ == "__main__":
    main()
