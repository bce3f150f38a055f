"""What somebody hands in, whichever form it has: a Python file, a notebook, or a zip of several files.

A trained network comes with its weights: a second file beside it, or in the zip.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from grader.contract.archive import named, read_archive
from grader.contract.assignment import Assignment, Entry
from grader.contract.notebook import read_notebook
from grader.contract.upload import UploadRefused, check_code, check_not_empty, check_upload, decoded, parse
from grader.contract.weights import Weights, read_weights


@dataclass(frozen=True, slots=True)
class HandedIn:
    """`files` are the Python texts that are graded, the one that is loaded first; `originals` are kept beside them.

    `notes` tell the student what of the upload was left out. `weights` are those of a trained network.
    """

    files: dict[str, str]
    originals: dict[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    weights: Weights | None = None


@dataclass(frozen=True, slots=True)
class WeightsFile:
    """A file of weights that came beside the code: what it is called, and its bytes."""

    filename: str
    content: bytes


def weights_of_sample(assignment: Assignment, sample: Path) -> WeightsFile | None:
    """A sample submission's weights, as if they had come beside it. Raises AssignmentError where they are missing."""
    if assignment.trained is None:
        return None
    return WeightsFile(assignment.trained.weights, assignment.sample_weights(sample))


def read_handed_in(
    content: bytes,
    filename: str,
    assignment: Assignment,
    name: str = "",
    *,
    weights: WeightsFile | None = None,
    keeps_weights: bool = False,
) -> HandedIn:
    """Read an upload. `filename` is what messages call it, `name` (or the assignment's) what its one file is called.

    `weights` came beside it. `keeps_weights` says that there are others already, so that none are needed. Raises
    UploadRefused, in words for the student.
    """
    code = _code(content, filename, assignment, name or assignment.filename)
    if assignment.trained is None:
        if weights is not None:
            raise UploadRefused(
                f"This assignment takes no weights: hand in {assignment.filename} without {weights.filename}."
            )
        return code
    if weights is not None and code.weights is not None:
        raise UploadRefused(
            f"There are weights in {filename} and beside it, in {weights.filename}: hand in one of the two."
        )
    if weights is not None:
        return replace(code, weights=read_weights(weights.content, weights.filename, assignment.trained.max_mib))
    if code.weights is None and not keeps_weights:
        wanted = assignment.trained.weights
        raise UploadRefused(
            f"The weights are missing. Choose {assignment.filename} and {wanted} together, or a zip with both."
        )
    return code


def _code(content: bytes, filename: str, assignment: Assignment, name: str) -> HandedIn:
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
    trained = assignment.trained
    wanted = (trained.weights, int(trained.max_mib * 2**20)) if trained else ()
    unpacked = read_archive(content, filename, assignment.filename, *wanted)
    within = f"{filename}/{unpacked.entry}"
    if unpacked.entry.endswith(".ipynb"):
        entry = _from_notebook(unpacked.content, within, assignment.filename, assignment.entries)
    else:
        entry = HandedIn({assignment.filename: check_upload(unpacked.content, within, assignment.entries)})
    modules = {name: _module(each, f"{filename}/{name}") for name, each in unpacked.modules.items()}
    notes = list(entry.notes)
    if unpacked.left_out:
        weights_too = f" and {trained.weights}" if trained else ""
        beside = f"Only Python files{weights_too} beside {unpacked.entry} are taken."
        notes.append(f"Left out: {named(unpacked.left_out)}. {beside}")
    weights = None
    if trained and unpacked.weights is not None:
        weights = read_weights(unpacked.weights, f"{filename}/{trained.weights}", trained.max_mib)
    return HandedIn(entry.files | modules, entry.originals, tuple(notes), weights)


def _module(content: bytes, shown: str) -> str:
    text = decoded(content, shown)
    parse(text, shown)
    return text
