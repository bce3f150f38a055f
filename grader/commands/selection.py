"""What several commands share: finding an assignment by its number or name, and ending with the right exit code."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click

from grader.command_line import FAILED
from grader.contract import Assignment, AssignmentError, load_assignments
from grader.contract.assignment import has_questions_alone
from grader.sandbox.errors import SandboxFailure, SandboxUnavailable
from grader.settings import Settings


def find_assignment(name: str) -> Assignment:
    """The assignment called `name` (`04-conv-forward`), or numbered so (`04`, `4`). Raises click.BadParameter."""
    known = all_assignments()
    if name in known:
        return known[name]
    if name.isdigit():
        for assignment in known.values():
            if int(assignment.number) == int(name):
                return assignment
    questions = f". It has questions alone: stride quiz check {name}" if _has_questions_alone(name) else ""
    raise click.BadParameter(f"there is no assignment {name!r}{questions}. There are: {', '.join(known)}")


def _has_questions_alone(name: str) -> bool:
    root, number = Settings.from_environment().assignments, name.zfill(2)
    return any(has_questions_alone(path) for path in root.iterdir() if name == path.name or number == path.name[:2])


def all_assignments() -> dict[str, Assignment]:
    """Every assignment by id. Raises click.UsageError where a folder is broken."""
    try:
        return load_assignments(Settings.from_environment().assignments)
    except AssignmentError as error:
        raise click.UsageError(str(error)) from error


class StrideFailed(click.ClickException):
    """Our own failure: exit code 3."""

    exit_code = FAILED


@contextmanager
def our_failures() -> Iterator[None]:
    """Turn a missing or failing sandbox into exit code 3 with its advice."""
    try:
        yield
    except (SandboxUnavailable, SandboxFailure) as error:
        raise StrideFailed(str(error)) from error
