"""`stride bench`: how fast a correct submission is, beside the assignment's reference or another file."""

from __future__ import annotations

import json
import secrets
import sys
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.panel import Panel
from rich.text import Text

from grader.benchmark.load import GRADED, case_on, load_work
from grader.commands.bench_table import in_order, show_bars, show_methods, show_timing
from grader.commands.grade import UNSANDBOXED, grade_with_bar, open_launcher
from grader.commands.selection import BadInput, StrideFailed, find_assignment, our_failures
from grader.commands.timed import (
    Timer,
    accepted_samples,
    benchmark_of,
    broken_assignments,
    failed_check,
    known_case,
)
from grader.contract import Assignment, Job, Result, Tier, Timing, UploadRefused, Verdict, read_handed_in
from grader.sandbox.gpu import without_gpu
from grader.sandbox.process import Launcher

METHOD_SECONDS = 10.0
"""Bound of one known method's timing, where none is given."""

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.argument("assignment")
@click.argument("file", type=FILE, required=False)
@click.option("--against", type=FILE, help="Time against this file instead of the assignment's reference.")
@click.option("--methods", is_flag=True, help="Time the known methods too; without FILE every accepted sample.")
@click.option("--case", default=GRADED, show_default=True, help="Which of the assignment's shapes.")
@click.option("--seconds", type=click.FloatRange(0, 3600, min_open=True), help="Bound of one timing.")
@click.option("--seed", type=click.IntRange(0, 2**53 - 1), help="Draw the inputs from this seed.")
@click.option("--no-check", is_flag=True, help="Time the file without running the checks first.")
@click.option("--json", "as_json", is_flag=True, help="Print the timing as JSON on standard output, nothing else.")
@click.option("--unsandboxed", is_flag=True, help="Run without a sandbox: your own file, on your own machine.")
def bench(
    assignment: str,
    file: Path | None,
    against: Path | None,
    methods: bool,
    case: str,
    seconds: float | None,
    seed: int | None,
    no_check: bool,
    as_json: bool,
    unsandboxed: bool,
) -> None:
    """Time FILE for ASSIGNMENT (04-conv-forward, or just 4) once it passes all checks.

    FILE is Python (.py), a notebook (.ipynb), or several Python files (.zip). Submission and reference run in turn, in
    fresh sandboxes, with the same inputs; the judge holds the clock and verifies every output.
    """
    if file is None and not methods:
        raise click.UsageError("name a FILE, or give --methods")
    chosen = find_assignment(assignment)
    known_case(chosen, case)
    files = _read(file, chosen) if file else {}
    opponent = _read(against, chosen) if against else None
    notes = Console(stderr=True)
    if unsandboxed:
        notes.print(Panel(UNSANDBOXED, title="unsandboxed", style="yellow"))
    if without_gpu(chosen):
        notes.print(Text(without_gpu(chosen), style="yellow"))
    drawn = secrets.randbits(53) if seed is None else seed
    timings: dict[str, Timing] = {}
    own = file.name if file else ""
    with our_failures(), closing(open_launcher(unsandboxed, chosen)) as launcher:
        timer = Timer(chosen, launcher, seed=drawn, case=case, against=opponent, console=notes)
        if file:
            if not no_check:
                expect_passed(chosen, files, launcher, drawn, notes)
            timings[own] = timer.time(files, own, seconds=seconds)
        if methods:
            timings |= _time_methods(timer, every=file is None, seconds=seconds or METHOD_SECONDS)
    case = case_on(next(iter(timings.values())).device.kind, case)
    base = against.name if against else f"the reference ({benchmark_of(chosen).reference})"
    if as_json:
        sys.stdout.write(json.dumps(document(timings, own, chosen, case), indent=2, ensure_ascii=False) + "\n")
    else:
        tiers = () if against else benchmark_of(chosen).tiers
        _show(timings, own, chosen, shape_of(chosen, case), base, tiers)


def _read(file: Path, assignment: Assignment) -> dict[str, str]:
    try:
        files = read_handed_in(file.read_bytes(), file.name, assignment).files
    except UploadRefused as refusal:
        raise BadInput(str(refusal)) from refusal
    first, *others = files
    return {assignment.filename: files[first]} | {name: files[name] for name in others}


def expect_passed(
    assignment: Assignment, files: Mapping[str, str], launcher: Launcher, seed: int, console: Console
) -> Result:
    """Run the checks. Raises BadInput, naming the first that fails; StrideFailed where we fail."""
    result = grade_with_bar(Job(0, 1, assignment.id, dict(files), seed), assignment, launcher, console)
    if result.verdict is Verdict.INTERNAL_ERROR:
        raise StrideFailed(f"Stride failed, not your file: {result.worker.get('error', '')}")
    reason = failed_check(result, assignment)
    if reason:
        raise BadInput(f"Only what passes all checks is timed.\n{reason}")
    return result


def _time_methods(timer: Timer, *, every: bool, seconds: float) -> dict[str, Timing]:
    samples = accepted_samples(timer.assignment)
    known = dict(benchmark_of(timer.assignment).methods)
    chosen = {name: files for name, files in samples.items() if every or name in known}
    return {name: timer.time(files, name, seconds=seconds) for name, files in chosen.items()}


def document(timings: Mapping[str, Timing], own: str, assignment: Assignment, case: str) -> dict[str, Any]:
    """The submission's timing, with the methods beside it where they were timed."""
    device = asdict(next(iter(timings.values())).device)
    head = timings[own].to_dict() if own else {"assignment": assignment.id, "version": assignment.version}
    methods = {name: timing.to_dict() for name, timing in in_order(timings).items() if name != own}
    data = head | {"device": device, "case": case, "shape": shape_of(assignment, case)}
    return data | {"methods": methods} if methods else data


def shape_of(assignment: Assignment, case: str) -> str:
    """What is timed, in words."""
    if benchmark_of(assignment).kind == "training":
        return "a training until the target accuracy"
    with broken_assignments():
        return load_work(assignment, case).shape


def _show(
    timings: Mapping[str, Timing], own: str, assignment: Assignment, shape: str, base: str, tiers: Sequence[Tier]
) -> None:
    console = Console()
    console.print(Text(f"\n{assignment.title}: {own or 'every accepted sample'}", style="bold"))
    if own:
        show_timing(timings[own], base, tiers, console, shape)
    else:
        console.print(Text(shape, style="dim"))
    if not own or len(timings) > 1:
        show_methods(timings, own, console)
    show_bars(timings, own, base, tiers, console)
