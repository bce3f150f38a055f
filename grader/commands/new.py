"""`stride new`: an assignment's folder to begin with. It passes `stride check` as it is."""

from __future__ import annotations

import errno
import json
import re
import tempfile
from collections.abc import Iterator, Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path, PurePosixPath

import click

from grader.contract.assignment import FOLDER_NAME, PROFILES, has_questions_alone
from grader.settings import Settings

TEMPLATES = files("grader") / "templates" / "assignment"
SUFFIX = ".in"
"""Ends the name of every template: they are no modules, and no tool that looks for Python files takes them for some."""
LAST_NUMBER = 99


@click.command()
@click.argument("name")
@click.option("--profile", type=click.Choice(PROFILES), default="numpy", show_default=True, help="What is imported.")
@click.option("--title", default="", help="What students read as its name. [default: the name's words]")
def new(name: str, profile: str, title: str) -> None:
    """Make the folder of a new assignment NAME (`row-sums`: the next number is taken; or `21-row-sums`).

    A folder of that name which has quiz questions alone becomes the assignment, and keeps them.
    """
    root = Settings.from_environment().assignments
    if not root.is_dir():
        raise click.UsageError(f"{root} is not a folder of assignments; STRIDE_ASSIGNMENTS says which one is used")
    folder = root / folder_name(name, root)
    words = folder.name[3:].replace("-", " ")
    text = title.strip() or words[0].upper() + words[1:]
    if not text.isprintable():
        raise click.BadParameter("a title is one line of text, without control characters", param_hint="--title")
    told = f"Added an assignment to the questions in {folder}" if folder.exists() else f"Made {folder}"
    try:
        write_template(folder, profile, text)
    except OSError as error:
        raise click.UsageError(f"{folder} cannot be made: {error.strerror}") from error
    click.echo(f"{told}\nIt passes as it is: stride check {folder.name[:2]}")
    click.echo("Edit statement.md, starter.py, checks.py and submissions/; docs/authoring.md goes through them.")


def folder_name(name: str, root: Path) -> str:
    """The assignment's folder, with its number: a new one, or one of this name that has quiz questions alone.

    Raises click.BadParameter for a name that is bad or taken.
    """
    taken = {path.name[:2]: path for path in root.iterdir() if FOLDER_NAME.fullmatch(path.name)}
    same = [path for path in taken.values() if name in (path.name, path.name[3:])]
    if same and has_questions_alone(same[0]):
        return same[0].name
    if not FOLDER_NAME.fullmatch(name):
        name = f"{_next_number(name, taken):02}-{name}"
    others = [path.name for number, path in taken.items() if path.name[3:] == name[3:] or number == name[:2]]
    if others:
        told = f"there is {others[0]} already: choose another name or number"
        raise click.BadParameter(told, param_hint="NAME")
    if (root / name).exists():
        raise click.BadParameter(f"{root / name} exists already", param_hint="NAME")
    return name


def _next_number(name: str, taken: Mapping[str, object]) -> int:
    if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", name):
        raise click.BadParameter(
            f"{name!r} cannot be an assignment's name: it is lower-case letters and digits with hyphens between "
            "words, such as row-sums, or 21-row-sums to choose its number",
            param_hint="NAME",
        )
    number = max(map(int, taken), default=0) + 1
    if number > LAST_NUMBER:
        raise click.BadParameter("every number up to 99 is taken: give one that is free, as in 21-row-sums")
    return number


def write_template(folder: Path, profile: str, title: str) -> None:
    """Write the template at `folder`, whole or not at all, or add it to the questions there. Raises OSError."""
    with tempfile.TemporaryDirectory(prefix=".new-", dir=folder.parent) as workshop:
        unfinished = Path(workshop) / folder.name
        for part in ("common", profile):
            for place, text in _texts(TEMPLATES / part, PurePosixPath()):
                path = unfinished / place
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text.replace("@title@", json.dumps(title, ensure_ascii=False)), encoding="utf-8")
        if folder.exists():
            _add(unfinished, folder)
        else:
            unfinished.rename(folder)


def _add(unfinished: Path, folder: Path) -> None:
    """Move what was written into a folder of questions: `assignment.toml` last, for with it the folder is one."""
    parts = sorted(unfinished.iterdir(), key=lambda part: part.name == "assignment.toml")
    for part in parts:
        if (folder / part.name).exists():
            raise FileExistsError(errno.EEXIST, f"{part.name} is there already")
    for part in parts:
        part.rename(folder / part.name)


def _texts(source: Traversable, place: PurePosixPath) -> Iterator[tuple[PurePosixPath, str]]:
    """Each template's path, as the assignment has it, and its text."""
    for entry in source.iterdir():
        if entry.is_dir():
            yield from _texts(entry, place / entry.name)
        elif entry.name.endswith(SUFFIX):
            yield place / entry.name.removesuffix(SUFFIX), entry.read_text(encoding="utf-8")
