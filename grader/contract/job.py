"""What is asked of a grader, and what it reports on the way."""

from __future__ import annotations

import base64
import dataclasses
from dataclasses import dataclass, field
from typing import Any

from grader.contract.errors import ContractError
from grader.contract.fields import as_object, refuse_unknown, take
from grader.contract.figure import Figure, figure_from_dict
from grader.contract.result import CheckResult


@dataclass(frozen=True, slots=True)
class Job:
    """One grading of one submission. `files` maps a file's name to its text; the first is the one that is loaded.

    `weights` are those of a trained network, as safetensors; they travel as base64.
    """

    submission: int
    attempt: int
    assignment: str
    files: dict[str, str]
    seed: int
    weights: bytes = field(default=b"", repr=False)

    def to_dict(self) -> dict[str, Any]:
        """The job as JSON-ready values."""
        return dataclasses.asdict(self) | {"weights": base64.b64encode(self.weights).decode("ascii")}

    @classmethod
    def from_dict(cls, data: object) -> Job:
        """Read what `to_dict` wrote; `weights` may be missing. Raises ContractError."""
        fields = {"weights": ""} | as_object(data, "job")
        refuse_unknown(fields, {f.name for f in dataclasses.fields(cls)}, "job")
        files = as_object(fields.get("files"), "job.files")
        if not files or not all(isinstance(text, str) for text in files.values()):
            raise ContractError("job: files must map at least one name to its text")
        return cls(
            submission=take(fields, "submission", int, "job"),
            attempt=take(fields, "attempt", int, "job"),
            assignment=take(fields, "assignment", str, "job"),
            files=files,
            seed=take(fields, "seed", int, "job"),
            weights=_bytes(take(fields, "weights", str, "job")),
        )


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:
        raise ContractError("job: weights must be base64") from None


@dataclass(frozen=True, slots=True)
class Running:
    """A check that goes on and has something to show already, such as the loss of the epochs so far."""

    name: str
    title: str
    figures: tuple[Figure, ...]

    def to_dict(self) -> dict[str, Any]:
        """The check as JSON-ready values."""
        return {"name": self.name, "title": self.title, "figures": [figure.to_dict() for figure in self.figures]}

    @classmethod
    def from_dict(cls, data: object) -> Running:
        """Read what `to_dict` wrote. Raises ContractError."""
        fields = as_object(data, "running")
        refuse_unknown(fields, {f.name for f in dataclasses.fields(cls)}, "running")
        return cls(
            name=take(fields, "name", str, "running"),
            title=take(fields, "title", str, "running"),
            figures=tuple(map(figure_from_dict, take(fields, "figures", list, "running"))),
        )


@dataclass(frozen=True, slots=True)
class Progress:
    """A sign of life from a grader: `done` of `total` checks, and the last of those, which ended since the last sign.

    `running` is the present check, where it has something to show. `lease_seconds` is within how long the next sign
    comes; a server that hears nothing may give the job to another.
    """

    submission: int
    attempt: int
    done: int
    total: int
    lease_seconds: float
    checks: tuple[CheckResult, ...] = ()
    running: Running | None = None

    def to_dict(self) -> dict[str, Any]:
        """The message as JSON-ready values."""
        return dataclasses.asdict(self) | {
            "checks": [check.to_dict() for check in self.checks],
            "running": self.running.to_dict() if self.running else None,
        }

    @classmethod
    def from_dict(cls, data: object) -> Progress:
        """Read what `to_dict` wrote. Raises ContractError."""
        fields = as_object(data, "progress")
        refuse_unknown(fields, {f.name for f in dataclasses.fields(cls)}, "progress")
        return cls(
            submission=take(fields, "submission", int, "progress"),
            attempt=take(fields, "attempt", int, "progress"),
            done=take(fields, "done", int, "progress"),
            total=take(fields, "total", int, "progress"),
            lease_seconds=take(fields, "lease_seconds", float, "progress"),
            checks=tuple(CheckResult.from_dict(check) for check in take(fields, "checks", list, "progress")),
            running=None if fields.get("running") is None else Running.from_dict(fields["running"]),
        )
