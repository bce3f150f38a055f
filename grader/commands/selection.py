"""What several commands share: finding an assignment by its number or name, and ending with the right exit code."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from grader.command_line import FAILED
from grader.contract import Assignment, AssignmentError, load_assignment
from grader.contract.assignment import assignment_folders, has_questions_alone, load_usable
from grader.contract.choosing import instead, is_meant
from grader.sandbox.errors import SandboxFailure, SandboxUnavailable
from grader.settings import Settings


def find_assignment(name: str) -> Assignment:
    """The assignment called `name` (`04-conv-forward`), or numbered so (`04`, `4`): no other folder is read.

    Raises BadInput where there is none, or where it is broken.
    """
    folders = assignment_folders(_root())
    for folder in folders:
        if is_meant(name, folder.name):
            try:
                return load_assignment(folder)
            except AssignmentError as error:
                raise BadInput(str(error)) from error
    questions = f" It has questions alone: stride quiz check {name}." if _has_questions_alone(name) else ""
    advice = instead(name, [folder.name for folder in folders])
    raise BadInput(f"There is no assignment {name}.{questions} {advice}")


def all_assignments() -> tuple[list[Assignment], list[str]]:
    """Every assignment that can be used, and for each broken folder what is wrong with it, in course order."""
    usable, broken = load_usable(_root())
    return list(usable.values()), list(broken.values())


def _root() -> Path:
    root = Settings.from_environment().assignments
    if not root.is_dir():
        raise BadInput(f"{root} is not a folder of assignments")
    return root


def _has_questions_alone(name: str) -> bool:
    number = name.zfill(2)
    return any(has_questions_alone(path) for path in _root().iterdir() if name == path.name or number == path.name[:2])


class BadInput(click.ClickException):
    """What was given cannot be used: exit code 2, and no word about the command's usage, which was right."""

    exit_code = 2


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
