"""`stride check`: an assignment's own sample submissions through the same sandbox, and what its checks make of them.

Where it is timed, the known methods must reach the tiers that they are said to reach.
"""

from __future__ import annotations

import json
import sys
from functools import partial

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from grader.commands.check_methods import Method, methods_of, show_checked_methods, time_again, time_shortly
from grader.commands.check_processes import done_by_processes
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
    samples, methods = _work_through(chosen, seed, jobs, is_timed=not no_bench)
    mutations = [mutation_of(assignment.id, samples) for assignment in chosen]
    problems = broken + [f"{s.assignment} {s.kind}/{s.name}: {s.problem}" for s in samples if s.problem]
    problems += [problem for mutation in mutations for problem in mutation.problems()]
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


def _work_through(
    chosen: list[Assignment], seed: int, jobs: int, *, is_timed: bool
) -> tuple[list[Sample], list[Method]]:
    """Samples and known methods, side by side: a timing counts a core's time, and what has problems is timed again."""
    console = Console(stderr=True)
    longest_first = sorted(chosen, key=lambda assignment: -assignment.limits.total_seconds)
    grading = [partial(grade_sample, a, kind, path, seed) for a in longest_first for kind, path in sample_files(a)]
    timing = [partial(time_shortly, a, name, seed) for a in chosen if is_timed for name in methods_of(a)]
    samples: list[Sample] = []
    methods: list[Method] = []
    with our_failures():
        for found in done_by_processes([*grading, *timing], jobs, "Grading sample submissions", _told, console):
            if isinstance(found, Sample):
                samples.append(found)
            else:
                methods.append(found)
        methods = time_again(chosen, methods, seed, console)
    samples.sort(key=lambda sample: (sample.assignment, KINDS.index(sample.kind), sample.name))
    return samples, methods


def _told(found: Sample | Method) -> str:
    return f"{found.assignment} {found.name}"


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
