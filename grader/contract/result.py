"""The outcome of grading one submission, as data that the CLI, the API and the database share."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeVar

from grader.contract.errors import ContractError
from grader.contract.fields import as_object, refuse_unknown, take
from grader.contract.figure import Figure, figure_from_dict

SCHEMA = 1
E = TypeVar("E", bound=StrEnum)
LIMITS = {
    "wall_check": "time per check",
    "wall_total": "total time",
    "cpu": "processor time",
    "memory": "memory",
    "processes": "processes",
    "open_files": "open files",
    "file_size": "size of a file",
    "tmp_size": "temporary files",
    "output": "printed output",
    "returned": "returned data",
}
"""What a submission may use up: the names that a check's `limit` can have, each with its words for people."""


class Verdict(StrEnum):
    """What became of a submission. `INTERNAL_ERROR` is our failure and never costs the student a point."""

    GRADED = "graded"
    REJECTED = "rejected"
    INTERNAL_ERROR = "internal_error"


class Status(StrEnum):
    """What became of one check."""

    PASSED = "passed"
    FAILED = "failed"
    ERROR = "error"
    TIMEOUT = "timeout"
    MEMORY = "memory"
    CRASH = "crash"
    SKIPPED = "skipped"


class Visibility(StrEnum):
    """When a student sees a check: always, never, or once the assignment is due."""

    VISIBLE = "visible"
    HIDDEN = "hidden"
    AFTER_DUE_DATE = "after_due_date"


@dataclass(frozen=True, slots=True)
class Flag:
    """A place in a submission that the staff may want to read. It never changes the score, and students never see it.

    `line` counts from 1, `rule` is a short stable name, `message` says what is there and why it is worth a look; `file`
    is "" for the file that is loaded, and the name of any other.
    """

    line: int
    rule: str
    message: str
    file: str = ""

    @classmethod
    def from_dict(cls, data: object) -> Flag:
        """Read what `dataclasses.asdict` wrote. Raises ContractError."""
        fields = as_object(data, "flag")
        refuse_unknown(fields, {f.name for f in dataclasses.fields(cls)}, "flag")
        return cls(
            line=take(fields, "line", int, "flag"),
            rule=take(fields, "rule", str, "flag"),
            message=take(fields, "message", str, "flag"),
            file=take(fields, "file", str, "flag") if "file" in fields else "",  # results of earlier versions have none
        )


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One check of one submission.

    `message` says what happened, `diagnosis` which misconception explains it ("" where none is known), and
    `counterexample` holds the evidence as small JSON values: `call` (text), `index` (list of int), `expected`, `got`
    (numbers), `expected_window`, `got_window` (rows of numbers around the index), `maps` (of image-like arrays, as
    grader.excerpts has them). `limit` names the limit that was reached, one of LIMITS, or is "". `figures` are what the
    check shows whether it passes or not.
    """

    name: str
    title: str
    points: float
    max_points: float
    status: Status
    visibility: Visibility = Visibility.VISIBLE
    message: str = ""
    diagnosis: str = ""
    counterexample: dict[str, Any] | None = None
    seconds: float = 0.0
    limit: str = ""
    figures: tuple[Figure, ...] = ()

    @classmethod
    def from_dict(cls, data: object) -> CheckResult:
        """Read what `dataclasses.asdict` wrote; `limit` and `figures` may be missing. Raises ContractError."""
        fields = {"limit": "", "figures": []} | as_object(data, "check")
        refuse_unknown(fields, {f.name for f in dataclasses.fields(cls)}, "check")
        if fields["limit"] not in ("", *LIMITS):
            raise ContractError(f"check: limit {fields['limit']!r} is none of {', '.join(LIMITS)}")
        evidence = fields.get("counterexample")
        return cls(
            name=take(fields, "name", str, "check"),
            title=take(fields, "title", str, "check"),
            points=take(fields, "points", float, "check"),
            max_points=take(fields, "max_points", float, "check"),
            status=_member(Status, fields, "status"),
            visibility=_member(Visibility, fields, "visibility"),
            message=take(fields, "message", str, "check"),
            diagnosis=take(fields, "diagnosis", str, "check"),
            counterexample=None if evidence is None else as_object(evidence, "counterexample"),
            seconds=take(fields, "seconds", float, "check"),
            limit=take(fields, "limit", str, "check"),
            figures=tuple(map(figure_from_dict, take(fields, "figures", list, "check"))),
        )

    def to_dict(self) -> dict[str, Any]:
        """The check as JSON-ready values."""
        return dataclasses.asdict(self) | {"figures": [figure.to_dict() for figure in self.figures]}


@dataclass(frozen=True, slots=True)
class Model:
    """What a trained network was measured to be; None where a figure was not reached.

    `accuracy` is the share of held-out images that it names, 0 to 1; `parameters` the floating-point numbers in its
    file of weights; `mult_adds` the multiply-accumulates for one image.
    """

    accuracy: float | None = None
    parameters: int | None = None
    mult_adds: int | None = None

    @classmethod
    def from_dict(cls, data: object) -> Model:
        """Read what `dataclasses.asdict` wrote. Raises ContractError."""
        fields = as_object(data, "model")
        refuse_unknown(fields, {f.name for f in dataclasses.fields(cls)}, "model")
        given = {name: value for name, value in fields.items() if value is not None}
        kinds = {"accuracy": float, "parameters": int, "mult_adds": int}
        model = cls(**{name: take(given, name, kinds[name], "model") for name in given})
        if not 0 <= (model.accuracy or 0) <= 1 or min(model.parameters or 0, model.mult_adds or 0) < 0:
            raise ContractError("model: accuracy must lie between 0 and 1, and no count below 0")
        return model


@dataclass(frozen=True, slots=True)
class Result:
    """Everything that grading one submission gave. `model` is there for trained networks.

    For the staff alone are `flags` and, where grading itself failed, `worker["error"]`.
    """

    assignment: str
    version: str
    seed: int
    verdict: Verdict
    score: float
    max_score: float
    checks: tuple[CheckResult, ...] = ()
    benchmark: dict[str, Any] | None = None
    stdout: str = ""
    timings: dict[str, float] = field(default_factory=dict)
    worker: dict[str, Any] = field(default_factory=dict)
    flags: tuple[Flag, ...] = ()
    model: Model | None = None
    schema: int = SCHEMA

    def to_dict(self) -> dict[str, Any]:
        """The result as JSON-ready values, `schema` first."""
        data = {"schema": self.schema} | {
            f.name: getattr(self, f.name) for f in dataclasses.fields(self) if f.name != "schema"
        }
        return data | {
            "checks": [check.to_dict() for check in self.checks],
            "flags": [dataclasses.asdict(flag) for flag in self.flags],
            "model": dataclasses.asdict(self.model) if self.model else None,
        }

    @classmethod
    def from_dict(cls, data: object) -> Result:
        """Read what `to_dict` wrote; `flags` and `model` may be missing. Raises ContractError for anything else."""
        fields = {"flags": []} | as_object(data, "result")
        refuse_unknown(fields, {f.name for f in dataclasses.fields(cls)}, "result")
        schema = take(fields, "schema", int, "result")
        if schema != SCHEMA:
            raise ContractError(f"result: schema {schema} is not the one understood here ({SCHEMA})")
        benchmark = fields.get("benchmark")
        return cls(
            assignment=take(fields, "assignment", str, "result"),
            version=take(fields, "version", str, "result"),
            seed=take(fields, "seed", int, "result"),
            verdict=_member(Verdict, fields, "verdict"),
            score=take(fields, "score", float, "result"),
            max_score=take(fields, "max_score", float, "result"),
            checks=tuple(CheckResult.from_dict(check) for check in take(fields, "checks", list, "result")),
            benchmark=None if benchmark is None else as_object(benchmark, "benchmark"),
            stdout=take(fields, "stdout", str, "result"),
            timings=as_object(fields.get("timings", {}), "timings"),
            worker=as_object(fields.get("worker", {}), "worker"),
            flags=tuple(Flag.from_dict(flag) for flag in take(fields, "flags", list, "result")),
            model=None if fields.get("model") is None else Model.from_dict(fields["model"]),
        )

    def to_gradescope(self) -> dict[str, Any]:
        """Gradescope's results.json (its autograder specification, "Output format"). It has no flags."""
        return {
            "score": self.score,
            "execution_time": self.timings.get("grade_ms", 0.0) / 1000,
            "output": "",
            "output_format": "text",
            "test_output_format": "text",
            "visibility": "visible",
            "stdout_visibility": "hidden",
            "extra_data": {"assignment": self.assignment, "version": self.version, "verdict": self.verdict},
            "tests": [_gradescope_test(number, check) for number, check in enumerate(self.checks, 1)],
        }


def _gradescope_test(number: int, check: CheckResult) -> dict[str, Any]:
    output = "\n\n".join(text for text in (check.message, check.diagnosis) if text)
    return {
        "number": str(number),
        "name": check.title,
        "score": check.points,
        "max_score": check.max_points,
        "status": "passed" if check.status is Status.PASSED else "failed",
        "output": output,
        "visibility": check.visibility.value,
        "tags": [name for name in (check.status.value, check.limit) if name],
    }


def _member(kind: type[E], fields: dict[str, Any], key: str) -> E:
    text = take(fields, key, str, kind.__name__.lower())
    try:
        return kind(text)
    except ValueError:
        raise ContractError(f"{key}: {text!r} is none of {', '.join(kind)}") from None
