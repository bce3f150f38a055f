"""`stride check`: an assignment's own sample submissions through the same sandbox, and what its checks make of them.

Where it is timed, the known methods must reach the tiers that they are said to reach.
"""

from __future__ import annotations

import json
import multiprocessing
import sys
from concurrent.futures import ProcessPoolExecutor, as_completed

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from grader.commands.check_methods import Method, check_methods, show_checked_methods
from grader.commands.grade import open_launcher
from grader.commands.mutation import Mutation, mutation_of, short, show_mutation, show_overview
from grader.commands.sample import KINDS, Sample, grade_sample, sample_files
from grader.commands.selection import all_assignments, find_assignment, our_failures
from grader.contract import LIMITS, Assignment

SEED = 20161031
BROKEN = 2
"""Exit code where an assignment does not do what it promises: its folder is bad input."""


@click.command()
@click.argument("assignments", nargs=-1)
@click.option("--all", "every", is_flag=True, help="Check every assignment.")
@click.option("--json", "as_json", is_flag=True, help="Print samples and tables as JSON on standard output alone.")
@click.option("--seed", type=click.IntRange(0, 2**53 - 1), default=SEED, show_default=True, help="Draw inputs from it.")
@click.option("--jobs", type=click.IntRange(1), default=2, show_default=True, help="How many to grade at once.")
@click.option("--no-bench", is_flag=True, help="Leave out the timing of known methods.")
def check(assignments: tuple[str, ...], every: bool, as_json: bool, seed: int, jobs: int, no_bench: bool) -> None:
    """Grade the sample submissions of ASSIGNMENTS: accepted must score full, wrong must lose points and be named.

    Known methods of timed assignments must reach their tier, with a clear gap to each threshold.
    """
    if not assignments and not every:
        raise click.UsageError("name an assignment, or give --all")
    chosen, broken = all_assignments() if every else ([find_assignment(name) for name in assignments], [])
    with our_failures():
        open_launcher(unsandboxed=False).close()
    samples = _in_order(_grade_all(chosen, seed, jobs))
    mutations = [mutation_of(assignment.id, samples) for assignment in chosen]
    problems = broken + [f"{s.assignment} {s.kind}/{s.name}: {s.problem}" for s in samples if s.problem]
    problems += [problem for mutation in mutations for problem in mutation.problems()]
    methods = [] if no_bench else _time_methods(chosen, seed)
    problems += [f"{m.assignment} {m.name} {m.problem}" for m in methods if m.problem]
    if as_json:
        document = {
            "samples": [sample.to_dict() for sample in samples],
            "mutation": [mutation.to_dict() for mutation in mutations],
            "methods": [method.to_dict() for method in methods],
            "problems": problems,
        }
        sys.stdout.write(json.dumps(document, indent=2, ensure_ascii=False) + "\n")
    else:
        _show(mutations, samples, methods, problems)
    if problems:
        sys.exit(BROKEN)


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


def _in_order(samples: list[Sample]) -> list[Sample]:
    return sorted(samples, key=lambda sample: (sample.assignment, KINDS.index(sample.kind), sample.name))


def _time_methods(chosen: list[Assignment], seed: int) -> list[Method]:
    """Timed when nothing is graded any more, and one after the other."""
    with our_failures():
        return check_methods(chosen, seed, Console(stderr=True))


def _show(mutations: list[Mutation], samples: list[Sample], methods: list[Method], problems: list[str]) -> None:
    console = Console()
    for mutation in mutations:
        _show_samples(mutation.assignment, samples, console)
        show_mutation(mutation, console)
        show_checked_methods(mutation.assignment, methods, console)
    if len(mutations) > 1:
        show_overview(mutations, console)
    for problem in problems:
        console.print(Text.assemble(("✘ ", "red"), problem))
    if not problems:
        console.print("[green]✔[/] every sample came out as it should")


def _show_samples(assignment: str, samples: list[Sample], console: Console) -> None:
    table = Table(title=assignment, title_justify="left")
    table.add_column("Kind")
    table.add_column("Sample", overflow="fold")
    table.add_column("Score", no_wrap=True)
    table.add_column("Named")
    table.add_column("Caught by", overflow="fold")
    for sample in (s for s in samples if s.assignment == assignment):
        table.add_row(
            sample.kind,
            sample.name,
            f"{sample.score:g}/{sample.max_score:g}",
            _named(sample),
            Text(_caught(sample)),
            style="red" if sample.problem else "",
        )
    console.print(table)


def _named(sample: Sample) -> str:
    if sample.kind != "wrong":
        return ""
    return "first" if sample.named_first else "later" if sample.named else "no"


def _caught(sample: Sample) -> str:
    names = [short(name) for name in sample.caught_by]
    caught = f"{names[0]} and {len(names) - 1} more" if len(names) > 1 else "".join(names)
    return f"{caught} · {', '.join(LIMITS[limit] for limit in sample.limits)}" if sample.limits else caught
