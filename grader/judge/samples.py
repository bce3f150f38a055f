"""An assignment's own sample solutions, run in this process: they are the lecturer's files, not a student's."""

from __future__ import annotations

import ast
import contextlib
import io
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from grader.contract import Assignment, Limits
from grader.sandbox.errors import StudentFault
from grader.sandbox.inside.guest import Inside
from grader.sandbox.replies import Reply, fault_from, read_reply
from grader.sandbox.wire import Frame, Packer


@dataclass(slots=True)
class Sample:
    """A sample solution that answers like a sandbox, with its weights. `lesson` is its docstring's first line."""

    name: str
    lesson: str
    inside: Inside
    limits: Limits
    weights: bytes = field(default=b"", repr=False)

    def ask(self, request: Mapping[str, Any], packer: Packer, seconds: float) -> Reply:
        """The reply to a request; `seconds` is not enforced. Raises StudentFault."""
        return self.answer(dict(request), packer.body)

    def answer(self, request: dict[str, Any], body: bytes) -> Reply:
        """The reply to a request as it was sent to a sandbox. Raises StudentFault."""
        silence = io.StringIO()
        with warnings.catch_warnings(), contextlib.redirect_stdout(silence), contextlib.redirect_stderr(silence):
            warnings.simplefilter("ignore")
            header, parts = self.inside.answer(request, memoryview(body))
        if "error" in header:
            raise fault_from(header["error"], self.limits)
        return read_reply(Frame(header, b"".join(parts)))

    def close(self) -> None:
        """Nothing to end: the sample stays loaded for the next submission."""

    def printed_text(self) -> str:
        """What a sample prints is of no interest."""
        return ""


def load_sample(assignment: Assignment, path: Path) -> Sample:
    """Load one sample solution. Raises StudentFault where it cannot be loaded."""
    source = path.read_text(encoding="utf-8")
    inside = Inside(assignment.limits.returned_mib * 2**20, alone=False)
    sample = Sample(path.stem, "", inside, assignment.limits, assignment.sample_weights(path))
    names = [entry.name for entry in assignment.entries]
    request = {"op": "load", "name": assignment.filename, "files": {assignment.filename: source}, "entries": names}
    sample.ask(request, Packer(), 0.0)
    sample.lesson = lesson_of(source)
    return sample


def lesson_of(source: str) -> str:
    """The first line of a file's docstring: for a wrong solution, what its author misunderstood."""
    text = ast.get_docstring(ast.parse(source)) or ""
    return text.partition("\n")[0].strip()


def wrong_samples(assignment: Assignment) -> tuple[Sample, ...]:
    """Every wrong solution that can be loaded, kept for the next submission while the folder stays the same."""
    return _loaded(_Folder(assignment), "wrong")


def accepted_sample(assignment: Assignment) -> Sample | None:
    """The first accepted solution, if the folder has one."""
    samples = _loaded(_Folder(assignment), "accepted")
    return samples[0] if samples else None


@dataclass(frozen=True, slots=True)
class _Folder:
    """An assignment as a cache's key: two with one version are the same."""

    assignment: Assignment

    def __hash__(self) -> int:
        return hash((self.assignment.id, self.assignment.version))


@lru_cache(maxsize=64)
def _loaded(folder: _Folder, kind: str) -> tuple[Sample, ...]:
    samples = []
    for path in folder.assignment.submissions(kind):
        with contextlib.suppress(StudentFault):
            samples.append(load_sample(folder.assignment, path))
    return tuple(samples)
