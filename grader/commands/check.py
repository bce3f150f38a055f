"""`stride check`: an assignment's own sample submissions through the same sandbox, and what its checks make of them."""

from __future__ import annotations

import dataclasses
import json
import multiprocessing
import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from grader.commands.grade import open_launcher
from grader.commands.selection import all_assignments, find_assignment, our_failures
from grader.contract import Assignment, Job, Result, UploadRefused, Verdict, check_upload
from grader.judge.grade import grade
from grader.judge.samples import lesson_of

KINDS = ("accepted", "starter", "wrong", "crash", "time_limit", "hostile")
SEED = 20161031
NAMED_SHARE = 0.9
"""How many of the wrong solutions the diagnosis must name."""

BROKEN = 2
"""Exit code where an assignment does not do what it promises: its folder is bad input."""


@dataclasses.dataclass(frozen=True, slots=True)
class Sample:
    """One sample submission, and what grading it gave."""

    assignment: str
    kind: str
    name: str
    verdict: str
    score: float
    max_score: float
    caught_by: tuple[str, ...]
    named: bool
    problem: str


@click.command()
@click.argument("assignments", nargs=-1)
@click.option("--all", "every", is_flag=True, help="Check every assignment.")
@click.option("--json", "as_json", is_flag=True, help="Print the samples as JSON on standard output, nothing else.")
@click.option("--seed", type=click.IntRange(0, 2**53 - 1), default=SEED, show_default=True, help="Draw inputs from it.")
@click.option("--jobs", type=click.IntRange(1), default=2, show_default=True, help="How many to grade at once.")
def check(assignments: tuple[str, ...], every: bool, as_json: bool, seed: int, jobs: int) -> None:
    """Grade the sample submissions of ASSIGNMENTS: accepted must score full, wrong must lose points and be named."""
    if not assignments and not every:
        raise click.UsageError("name an assignment, or give --all")
    chosen = list(all_assignments().values()) if every else [find_assignment(name) for name in assignments]
    with our_failures():
        open_launcher(unsandboxed=False)
    samples = _in_order(_grade_all(chosen, seed, jobs))
    problems = [f"{s.assignment} {s.kind}/{s.name}: {s.problem}" for s in samples if s.problem]
    problems += [problem for assignment in chosen for problem in _weak_diagnosis(assignment, samples)]
    if as_json:
        document = {"samples": [dataclasses.asdict(sample) for sample in samples], "problems": problems}
        sys.stdout.write(json.dumps(document, indent=2, ensure_ascii=False) + "\n")
    else:
        _show(chosen, samples, problems)
    if problems:
        sys.exit(BROKEN)


def sample_files(assignment: Assignment) -> Iterator[tuple[str, Path]]:
    """Every sample submission with its kind, the starter among them."""
    yield "starter", assignment.folder / "starter.py"
    for kind in KINDS:
        for path in assignment.submissions(kind):
            yield kind, path


def _grade_all(chosen: list[Assignment], seed: int, jobs: int) -> list[Sample]:
    tasks = [(assignment, kind, path) for assignment in chosen for kind, path in sample_files(assignment)]
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    context = multiprocessing.get_context("spawn")
    console = Console(stderr=True)
    with (
        ProcessPoolExecutor(jobs, mp_context=context) as pool,
        Progress(*columns, console=console, transient=True) as bar,
    ):
        task = bar.add_task("Grading sample submissions", total=len(tasks))
        futures = [pool.submit(grade_sample, assignment, kind, path, seed) for assignment, kind, path in tasks]
        samples = []
        for future in as_completed(futures):
            samples.append(future.result())
            bar.update(task, advance=1, description=f"{samples[-1].assignment} {samples[-1].name}"[:40])
    return samples


def grade_sample(assignment: Assignment, kind: str, path: Path, seed: int) -> Sample:
    """Grade one sample submission in the sandbox, and say whether it came out as its kind promises."""
    source = path.read_text(encoding="utf-8")
    try:
        check_upload(path.read_bytes(), path.name, assignment.entries)
    except UploadRefused as refusal:
        return Sample(assignment.id, kind, path.stem, "refused", 0.0, assignment.points, (), False, str(refusal))
    job = Job(0, 1, assignment.id, {assignment.filename: source}, seed)
    result = grade(job, assignment, open_launcher(unsandboxed=False))
    lost = [outcome for outcome in result.checks if outcome.points < outcome.max_points]
    lesson = lesson_of(source)
    return Sample(
        assignment=assignment.id,
        kind=kind,
        name=path.stem,
        verdict=result.verdict.value,
        score=result.score,
        max_score=result.max_score,
        caught_by=tuple(outcome.name for outcome in lost),
        named=any(outcome.diagnosis == lesson for outcome in lost),
        problem=_problem(kind, result),
    )


def _problem(kind: str, result: Result) -> str:
    if result.verdict is Verdict.INTERNAL_ERROR:
        return f"internal error: {result.worker.get('error', '')}"
    if kind == "accepted" and result.score < result.max_score:
        lost = [outcome for outcome in result.checks if outcome.points < outcome.max_points]
        return f"loses points: {lost[0].title}: {lost[0].message}"
    if kind == "starter" and result.score > 0:
        return f"scores {result.score:g} instead of 0"
    if kind not in ("accepted", "starter") and result.score >= result.max_score:
        return "survives: it scores full marks"
    return ""


def _weak_diagnosis(assignment: Assignment, samples: Iterable[Sample]) -> Iterator[str]:
    wrong = [s for s in samples if s.assignment == assignment.id and s.kind == "wrong"]
    named = sum(sample.named for sample in wrong)
    if wrong and named < NAMED_SHARE * len(wrong):
        silent = ", ".join(sample.name for sample in wrong if not sample.named)
        yield f"{assignment.id}: the diagnosis names {named} of {len(wrong)} wrong solutions; not {silent}"


def _in_order(samples: list[Sample]) -> list[Sample]:
    return sorted(samples, key=lambda sample: (sample.assignment, KINDS.index(sample.kind), sample.name))


def _show(chosen: list[Assignment], samples: list[Sample], problems: list[str]) -> None:
    console = Console()
    for assignment in chosen:
        table = Table("Kind", "Sample", "Score", "Named", "Caught by", title=assignment.id, title_justify="left")
        for sample in (s for s in samples if s.assignment == assignment.id):
            table.add_row(
                sample.kind,
                sample.name,
                f"{sample.score:g}/{sample.max_score:g}",
                ("yes" if sample.named else "no") if sample.kind == "wrong" else "",
                Text(_caught(sample)),
                style="red" if sample.problem else "",
            )
        console.print(table)
        _show_summary(assignment, samples, console)
    for problem in problems:
        console.print(f"[red]✘[/] {problem}", highlight=False)
    if not problems:
        console.print("[green]✔[/] every sample came out as it should")


def _caught(sample: Sample) -> str:
    names = [name.removeprefix("test_") for name in sample.caught_by]
    return f"{names[0]} and {len(names) - 1} more" if len(names) > 1 else "".join(names)


def _show_summary(assignment: Assignment, samples: list[Sample], console: Console) -> None:
    wrong = [s for s in samples if s.assignment == assignment.id and s.kind == "wrong"]
    if not wrong:
        return
    alone = sorted({s.caught_by[0].removeprefix("test_") for s in wrong if len(s.caught_by) == 1})
    named = sum(sample.named for sample in wrong)
    console.print(f"{named} of {len(wrong)} wrong solutions named by the diagnosis", highlight=False)
    if alone:
        console.print(f"the only one to catch some wrong solution: {', '.join(alone)}", highlight=False)
    console.print()
