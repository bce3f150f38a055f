"""Timing from a command: the same call for every command, with a bar while it goes on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from grader.benchmark.load import GRADED, cases_of
from grader.benchmark.run import FULL, Effort, Sign, time_submission
from grader.commands.selection import BadInput
from grader.contract import Assignment, AssignmentError, Benchmark, Result, Status, Timing
from grader.sandbox.process import Launcher


def benchmark_of(assignment: Assignment) -> Benchmark:
    """The assignment's table. Raises BadInput where it is not timed."""
    if assignment.benchmark is None:
        raise BadInput(f"{assignment.id} is not timed: its assignment.toml has no [benchmark].")
    return assignment.benchmark


@contextmanager
def broken_assignments() -> Iterator[None]:
    """Turn an assignment that does not do what it promises into exit code 2."""
    try:
        yield
    except AssignmentError as error:
        raise BadInput(str(error)) from error


def known_case(assignment: Assignment, case: str) -> str:
    """The case, where the assignment is timed and has it. Raises BadInput."""
    benchmark_of(assignment)
    with broken_assignments():
        cases = cases_of(assignment)
    if case not in cases:
        raise BadInput(f"{assignment.id} has no case {case!r}; it has {', '.join(cases)}.")
    return case


def failed_check(result: Result, assignment: Assignment) -> str:
    """Which check fails first and why, in lines, or nothing where all points of the checks were got."""
    if result.score >= assignment.check_points:
        return ""
    failed = [check for check in result.checks if check.status is not Status.PASSED]
    others = f"{len(failed) - 1} more {'fails' if len(failed) == 2 else 'fail'}. " if len(failed) > 1 else ""
    return f"{failed[0].title!r} fails: {failed[0].message}\n{others}See all: stride grade {assignment.id} FILE"


class Timer:
    """Times one submission after the other, in the same place, on the same case."""

    def __init__(
        self,
        assignment: Assignment,
        launcher: Launcher,
        *,
        seed: int,
        case: str = GRADED,
        against: Mapping[str, str] | None = None,
        console: Console,
    ) -> None:
        """`against` are the files that everybody is timed against, by default the assignment's reference."""
        self.assignment = assignment
        self.launcher = launcher
        self.seed = seed
        self.case = case
        self.against = against
        self.console = console

    def time(
        self, files: Mapping[str, str], name: str, *, seconds: float | None = None, effort: Effort = FULL
    ) -> Timing:
        """The timing, and a bar while it goes on: process pairs done, and the ratio's present interval.

        Raises BadInput where the assignment is broken, SandboxUnavailable, SandboxFailure.
        """
        present = TextColumn("{task.fields[present]}")
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), present, TimeElapsedColumn())
        bar = Progress(*columns, console=self.console, transient=True, disable=not self.console.is_terminal)
        with bar, broken_assignments():
            task = bar.add_task(f"Timing {name}", total=None, present="")
            return time_submission(
                self.assignment,
                files,
                self.launcher,
                self.seed,
                against=self.against,
                case=self.case,
                seconds=seconds,
                effort=effort,
                on_progress=lambda sign: _show(bar, task, sign),
            )


def _show(bar: Progress, task: TaskID, sign: Sign) -> None:
    found = sign.estimate
    present = f"{found.ratio:.3g} ({found.low:.3g} to {found.high:.3g})"
    bar.update(task, completed=sign.done, total=sign.most, present=present)


def accepted_samples(assignment: Assignment) -> dict[str, dict[str, str]]:
    """The files of every accepted sample by its name."""
    paths = assignment.submissions("accepted")
    return {path.stem: {assignment.filename: path.read_text(encoding="utf-8")} for path in paths}
