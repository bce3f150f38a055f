"""`stride new`: an assignment's folder to begin with. It passes `stride check` as it is."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path, PurePosixPath

import click

from grader.contract.assignment import FOLDER_NAME, PROFILES
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
    """Make the folder of a new assignment NAME (`row-sums`: the next number is taken; or `21-row-sums`)."""
    root = Settings.from_environment().assignments
    if not root.is_dir():
        raise click.UsageError(f"{root} is not a folder of assignments; STRIDE_ASSIGNMENTS says which one is used")
    folder = root / folder_name(name, root)
    words = folder.name[3:].replace("-", " ")
    text = title.strip() or words[0].upper() + words[1:]
    if not text.isprintable():
        raise click.BadParameter("a title is one line of text, without control characters", param_hint="--title")
    try:
        write_template(folder, profile, text)
    except OSError as error:
        raise click.UsageError(f"{folder} cannot be made: {error.strerror}") from error
    click.echo(f"Made {folder}\nIt passes as it is: stride check {folder.name[:2]}")
    click.echo("Edit statement.md, starter.py, checks.py and submissions/; docs/authoring.md goes through them.")


def folder_name(name: str, root: Path) -> str:
    """The new folder's name, with its number. Raises click.BadParameter for a name that is bad or taken."""
    taken = {path.name[:2]: path.name for path in root.iterdir() if FOLDER_NAME.fullmatch(path.name)}
    if not FOLDER_NAME.fullmatch(name):
        if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", name):
            raise click.BadParameter(
                f"{name!r} cannot be an assignment's name: it is lower-case letters and digits with hyphens between "
                "words, such as row-sums, or 21-row-sums to choose its number",
                param_hint="NAME",
            )
        number = max(map(int, taken), default=0) + 1
        if number > LAST_NUMBER:
            raise click.BadParameter("every number up to 99 is taken: give one that is free, as in 21-row-sums")
        name = f"{number:02}-{name}"
    same = [other for other in taken.values() if other[3:] == name[3:]]
    if same or name[:2] in taken:
        raise click.BadParameter(
            f"there is {(same or [taken[name[:2]]])[0]} already: choose another name or number", param_hint="NAME"
        )
    if (root / name).exists():
        raise click.BadParameter(f"{root / name} exists already", param_hint="NAME")
    return name


def write_template(folder: Path, profile: str, title: str) -> None:
    """Write the template at `folder`, whole or not at all. Raises OSError."""
    with tempfile.TemporaryDirectory(prefix=".new-", dir=folder.parent) as workshop:
        unfinished = Path(workshop) / folder.name
        for part in ("common", profile):
            for place, text in _texts(TEMPLATES / part, PurePosixPath()):
                path = unfinished / place
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text.replace("@title@", json.dumps(title, ensure_ascii=False)), encoding="utf-8")
        unfinished.rename(folder)


def _texts(source: Traversable, place: PurePosixPath) -> Iterator[tuple[PurePosixPath, str]]:
    """Each template's path, as the assignment has it, and its text."""
    for entry in source.iterdir():
        if entry.is_dir():
            yield from _texts(entry, place / entry.name)
        elif entry.name.endswith(SUFFIX):
            yield place / entry.name.removesuffix(SUFFIX), entry.read_text(encoding="utf-8")
