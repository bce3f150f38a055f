"""Which question files the commands mean."""

from __future__ import annotations

from pathlib import Path

from grader.contract.assignment import QUESTIONS_FILE
from server.commands.installation import InputRefused, read_settings
from server.quiz import bank


def question_files(names: tuple[str, ...] = ()) -> list[Path]:
    """The `quiz.toml` of each folder named by name, number or path; of every folder without names."""
    files = bank.question_files(read_settings().assignments)
    if not names:
        return files
    return [_file(name, files) for name in names]


def _file(name: str, files: list[Path]) -> Path:
    given = Path(name)
    for path in (given, given / QUESTIONS_FILE):
        if path.is_file():
            return path
    number = name.zfill(2) if name.isdigit() else name
    found = [path for path in files if number in (path.parent.name, path.parent.name[:2])]
    if not found:
        known = ", ".join(path.parent.name for path in files) or "none"
        raise InputRefused(f"There are no questions {name}. Folders with a {QUESTIONS_FILE}: {known}.")
    return found[0]


def where(path: Path) -> str:
    """How messages name a file."""
    return f"{path.parent.name}/{path.name}"


def read_text(path: Path) -> str:
    """A file's text; one that cannot be read ends the command."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise InputRefused(f"{where(path)} is not UTF-8 text.") from None
    except OSError as error:
        raise InputRefused(f"{where(path)} cannot be read: {error.strerror}.") from None
