"""`stride grade`: grade a file, a notebook or a zip here as a worker would."""

from __future__ import annotations

import dataclasses
import json
import secrets
import sys
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

import click
from rich.console import Console
from rich.panel import Panel
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.text import Text

from grader.commands.bench_table import show_timing
from grader.commands.figures import show_figure
from grader.commands.lines import say, say_command
from grader.commands.selection import BadInput, StrideFailed, find_assignment, our_failures
from grader.commands.timed import Timer, benchmark_of, failed_check
from grader.contract import (
    LIMITS,
    Assignment,
    CheckResult,
    Job,
    Model,
    Result,
    Status,
    Timing,
    UploadRefused,
    Verdict,
    WeightsFile,
    read_handed_in,
)
from grader.contract.cells import place
from grader.judge.grade import Listener, named_files
from grader.judge.grade import grade as grade_job
from grader.sandbox.gpu import launcher_for, without_gpu
from grader.sandbox.process import Launcher

SIGNS = {Status.PASSED: ("✔", "green"), Status.SKIPPED: ("-", "yellow")}
UNSANDBOXED = (
    "Without a sandbox: this file runs with all your rights. Do this with your own file only. "
    "Time limits hold; memory, network and files are open to it."
)


@click.command()
@click.argument("assignment")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--weights",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The weights of a trained network (.safetensors).",
)
@click.option("--json", "as_json", is_flag=True, help="Print the Result as JSON on standard output, nothing else.")
@click.option("--gradescope", is_flag=True, help="Print Gradescope's results.json instead.")
@click.option("--seed", type=click.IntRange(0, 2**53 - 1), help="Draw the inputs from this seed.")
@click.option("--bench", "with_bench", is_flag=True, help="Time it too where the assignment has points for speed.")
@click.option("--flags", "with_flags", is_flag=True, help="Show what the staff see of a static reading of the source.")
@click.option("--unsandboxed", is_flag=True, help="Run without a sandbox: your own file, on your own machine.")
def grade(
    assignment: str,
    file: Path,
    weights: Path | None,
    as_json: bool,
    gradescope: bool,
    seed: int | None,
    with_bench: bool,
    with_flags: bool,
    unsandboxed: bool,
) -> None:
    """Grade FILE for ASSIGNMENT (04-conv-forward, or just 4) in the same sandbox as a worker.

    FILE is Python (.py), a notebook (.ipynb), or several Python files (.zip). A trained network comes with its weights:
    in the zip, or as --weights.
    """
    notes = Console(stderr=True)
    chosen = find_assignment(assignment)
    if with_bench:
        benchmark_of(chosen)
    beside = WeightsFile(weights.name, weights.read_bytes()) if weights else None
    try:
        handed_in = read_handed_in(file.read_bytes(), file.name, chosen, weights=beside)
    except UploadRefused as refusal:
        raise BadInput(str(refusal)) from refusal
    if unsandboxed:
        notes.print(Panel(UNSANDBOXED, title="unsandboxed", style="yellow"))
    for note in handed_in.notes:
        notes.print(Text(note, style="yellow"))
    if without_gpu(chosen):
        notes.print(Text(without_gpu(chosen), style="yellow"))
    content = handed_in.weights.content if handed_in.weights else b""
    job = Job(0, 1, chosen.id, handed_in.files, secrets.randbits(53) if seed is None else seed, content)
    with our_failures(), closing(open_launcher(unsandboxed, chosen)) as launcher:
        result = grade_with_bar(job, chosen, launcher, notes)
        if with_bench and not failed_check(result, chosen):
            timer = Timer(chosen, launcher, seed=job.seed, console=notes)
            result = with_timing(result, timer.time(named_files(job, chosen), file.name))
    if not with_flags:
        result = dataclasses.replace(result, flags=())
    if gradescope or as_json:
        data = result.to_gradescope() if gradescope else result.to_dict()
        sys.stdout.write(json.dumps(data, indent=2, ensure_ascii=False) + "\n")
    else:
        show_result(result, chosen, Console(), handed_in.files)
        show_speed(result, chosen, file.name, Console())
    if result.verdict is Verdict.INTERNAL_ERROR:
        raise StrideFailed(f"Stride failed, not your file: {result.worker.get('error', '')}")


def open_launcher(unsandboxed: bool, assignment: Assignment | None = None) -> Launcher:
    """The sandbox, probed; or none where that was asked for. To be closed. Raises SandboxUnavailable.

    For an assignment that asks for a GPU it has the GPU in it, where there is one.
    """
    if unsandboxed:
        from grader.sandbox.unsandboxed import Unsandboxed

        return Unsandboxed()
    from grader.sandbox.bubblewrap import Bubblewrap

    launcher = launcher_for(assignment) if assignment else Bubblewrap()
    launcher.probe()
    return launcher


def grade_with_bar(job: Job, assignment: Assignment, launcher: Launcher, console: Console) -> Result:
    """Grade one job, with a bar while its checks run."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(f"Grading {assignment.id}", total=None)

        def start(total: int, _seconds: float) -> None:
            bar.update(task, total=total)

        def step(check: CheckResult, _seconds: float) -> None:
            bar.update(task, advance=1, description=check.title[:50])

        return grade_job(job, assignment, launcher, Listener(start, step))


def show_result(result: Result, assignment: Assignment, console: Console, files: Mapping[str, str]) -> None:
    """The result for people: score, then every check, the failed ones with what to do about them."""
    console.print()
    console.print(Text(f"{assignment.title}: {result.score:g} of {result.max_score:g} points", style="bold"))
    if result.verdict is Verdict.REJECTED and result.checks:
        first = result.checks[0]
        if first.limit:
            console.print(Text(f"{first.status.value} · {LIMITS[first.limit]}", style="yellow"))
        say(Text(first.message, style="red"), console)
        return
    if result.model:
        console.print(Text(in_words(result.model)))
    for check in result.checks:
        _show_check(check, console)
    for flag in result.flags:
        where = place(files.get(flag.file or assignment.filename, ""), flag.line)
        shown = f"{flag.file}, {where}" if flag.file else where
        say(Text.assemble(("Worth a look ", "bold"), f"{shown}: {flag.message}"), console)
    if result.stdout:
        console.print(Panel(Text(result.stdout), title="printed"))
    grading = result.timings["grade_ms"] / 1000
    console.print(Text(f"Graded in {grading:.2f} s. Repeat with --seed {result.seed}.", style="dim"))


def with_timing(result: Result, timing: Timing) -> Result:
    """The result of a submission that passed all checks, with its timing and the points for it."""
    score = round(result.score + timing.points, 6)
    return dataclasses.replace(result, benchmark=timing.to_dict(), score=score)


def show_speed(result: Result, assignment: Assignment, name: str, console: Console) -> None:
    """What its speed earned, or how to have it timed."""
    if assignment.benchmark is None or result.verdict is not Verdict.GRADED:
        return
    if result.benchmark is None:
        points = f"{assignment.benchmark.points:g} of the {assignment.points:g} points are for speed"
        once = "once all checks pass" if failed_check(result, assignment) else "now"
        say_command(Text(f"{points}; to be timed {once}: stride bench {assignment.id} {name}"), console)
        return
    timing = Timing.from_dict(result.benchmark)
    base = f"the reference ({assignment.benchmark.reference})"
    show_timing(timing, base, assignment.benchmark.tiers, console)


def in_words(model: Model) -> str:
    """The figures of a trained network in one line."""
    accuracy = "" if model.accuracy is None else f"{model.accuracy:.1%} of the held-out images"
    parameters = "" if model.parameters is None else f"{model.parameters:,} parameters"
    mult_adds = "" if model.mult_adds is None else f"{model.mult_adds:,} mult-adds"
    return " · ".join(figure for figure in (accuracy, parameters, mult_adds) if figure)


def _show_check(check: CheckResult, console: Console) -> None:
    sign, colour = SIGNS.get(check.status, ("✘", "red"))
    say(Text.assemble((f"{sign} ", colour), check.title, (f"  {check.points:g}/{check.max_points:g}", "dim")), console)
    if check.status is not Status.PASSED:
        _show_reasons(check, console)
    for figure in check.figures:
        show_figure(figure, console)


def _show_reasons(check: CheckResult, console: Console) -> None:
    if check.status is not Status.FAILED or check.limit:
        reached = f" · {LIMITS[check.limit]}" if check.limit else ""
        say(Text(f"{check.status.value}{reached}", style="yellow"), console, 4)
    for line in check.message.splitlines():
        say(Text(line), console, 4)
    if check.counterexample and "call" in check.counterexample:
        say(Text(f"called: {check.counterexample['call']}", style="dim"), console, 4)
    if check.diagnosis:
        say(Text(f"Hint: {check.diagnosis}", style="bold cyan"), console, 4)
