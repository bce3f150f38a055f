"""What somebody hands in, whichever form it has: a Python file, a notebook, or a zip of several files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from grader.contract.archive import named, read_archive
from grader.contract.assignment import Assignment, Entry
from grader.contract.notebook import read_notebook
from grader.contract.upload import check_code, check_not_empty, check_upload, decoded, parse


@dataclass(frozen=True, slots=True)
class HandedIn:
    """`files` are the Python texts that are graded, the one that is loaded first; `originals` are kept beside them.

    `notes` tell the student what of the upload was left out.
    """

    files: dict[str, str]
    originals: dict[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def read_handed_in(content: bytes, filename: str, assignment: Assignment, name: str = "") -> HandedIn:
    """Read an upload. `filename` is what messages call it, `name` (or the assignment's) what its one file is called.

    Raises UploadRefused, in words for the student.
    """
    name = name or assignment.filename
    kind = filename.lower()
    if kind.endswith(".zip"):
        return _from_archive(content, filename, assignment)
    if kind.endswith(".ipynb"):
        return _from_notebook(content, filename, name, assignment.entries)
    return HandedIn({name: check_upload(content, filename, assignment.entries)})


def _from_notebook(content: bytes, filename: str, name: str, entries: Sequence[Entry]) -> HandedIn:
    check_not_empty(content, filename)
    notebook = read_notebook(content, filename)
    check_code(notebook.code, filename, entries)
    return HandedIn({name: notebook.code}, {f"{name.removesuffix('.py')}.ipynb": notebook.kept}, notebook.notes)


def _from_archive(content: bytes, filename: str, assignment: Assignment) -> HandedIn:
    check_not_empty(content, filename)
    unpacked = read_archive(content, filename, assignment.filename)
    within = f"{filename}/{unpacked.entry}"
    if unpacked.entry.endswith(".ipynb"):
        entry = _from_notebook(unpacked.content, within, assignment.filename, assignment.entries)
    else:
        entry = HandedIn({assignment.filename: check_upload(unpacked.content, within, assignment.entries)})
    modules = {name: _module(each, f"{filename}/{name}") for name, each in unpacked.modules.items()}
    notes = list(entry.notes)
    if unpacked.left_out:
        beside = f"Only Python files beside {unpacked.entry} are taken."
        notes.append(f"Left out: {named(unpacked.left_out)}. {beside}")
    return HandedIn(entry.files | modules, entry.originals, tuple(notes))


def _module(content: bytes, shown: str) -> str:
    text = decoded(content, shown)
    parse(text, shown)
    return text
