"""Timing a correct submission: what is asked of a grader, and what it measured."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from grader.contract.errors import ContractError
from grader.contract.fields import as_object, listed, numbers, refuse_unknown, take
from grader.contract.samples import ProcessPair

TIMING_SCHEMA = 1
DEVICE_KINDS = ("cpu", "gpu")


class Outcome(StrEnum):
    """What became of a timing. `REFUSED` is the submission's doing, `INTERNAL_ERROR` ours."""

    TIMED = "timed"
    REFUSED = "refused"
    INTERNAL_ERROR = "internal_error"


class Comparison(StrEnum):
    """What a submission is, beside what it was timed against: `SAME` where the interval holds 1."""

    SAME = "same"
    FASTER = "faster"
    SLOWER = "slower"


@dataclass(frozen=True, slots=True)
class TimingJob:
    """One timing of one submission. `run` and `attempt` name it; `files` as in Job."""

    run: int
    attempt: int
    assignment: str
    files: dict[str, str]
    seed: int

    def to_dict(self) -> dict[str, Any]:
        """The job as JSON-ready values."""
        return dataclasses.asdict(self)

    @classmethod
    def from_dict(cls, data: object) -> TimingJob:
        """Read what `to_dict` wrote. Raises ContractError."""
        fields = as_object(data, "timing job")
        refuse_unknown(fields, {f.name for f in dataclasses.fields(cls)}, "timing job")
        files = as_object(fields.get("files"), "timing job.files")
        if not files or not all(isinstance(text, str) for text in files.values()):
            raise ContractError("timing job: files must map at least one name to its text")
        return cls(
            run=take(fields, "run", int, "timing job"),
            attempt=take(fields, "attempt", int, "timing job"),
            assignment=take(fields, "assignment", str, "timing job"),
            files=files,
            seed=take(fields, "seed", int, "timing job"),
        )


@dataclass(frozen=True, slots=True)
class Device:
    """What a timing ran on. `kind` is `cpu` or `gpu`, `name` as its maker calls it."""

    kind: str
    name: str

    @classmethod
    def from_dict(cls, data: object) -> Device:
        """Read what `dataclasses.asdict` wrote. Raises ContractError."""
        fields = as_object(data, "device")
        refuse_unknown(fields, {"kind", "name"}, "device")
        kind = take(fields, "kind", str, "device")
        if kind not in DEVICE_KINDS:
            raise ContractError(f"device: kind {kind!r} is none of {', '.join(DEVICE_KINDS)}")
        return cls(kind, take(fields, "name", str, "device"))


@dataclass(frozen=True, slots=True)
class Timing:
    """What timing a submission gave.

    `ratio` is the reference's time divided by the submission's: 2 is twice as fast as the reference. `interval` holds
    it with 95 % confidence. Times are medians in milliseconds of one call from the reveal of its input to the snapshot
    of its output; `null_milliseconds` is what a call that does nothing takes, or a training that learns nothing: the
    protocol's own cost. `machine` has the rates measured in the same run: `gflops` of a matrix product, `gbytes` a
    second of a copy, and what is known of a GPU (docs/gpu.md). `percent_of_limit` is what the submission reached of
    what those rates allow, and `limited_by` which of the two it is: `arithmetic` or `memory`. `message` says why a
    timing was refused. `flags`, for the staff alone, are what looks odd. `training` has a training benchmark's figures.
    """

    assignment: str
    version: str
    seed: int
    outcome: Outcome
    device: Device
    max_points: float
    message: str = ""
    ratio: float | None = None
    interval: tuple[float, float] | None = None
    verdict: Comparison | None = None
    milliseconds: float | None = None
    reference_milliseconds: float | None = None
    null_milliseconds: float | None = None
    gflops: float | None = None
    percent_of_limit: float | None = None
    limited_by: str = ""
    machine: dict[str, float] = field(default_factory=dict)
    tier: str = ""
    points: float = 0.0
    samples: tuple[ProcessPair, ...] = ()
    flags: tuple[str, ...] = ()
    seconds: float = 0.0
    training: dict[str, Any] | None = None
    worker: dict[str, Any] = field(default_factory=dict)
    schema: int = TIMING_SCHEMA

    def to_dict(self) -> dict[str, Any]:
        """The timing as JSON-ready values."""
        return dataclasses.asdict(self)

    @classmethod
    def from_dict(cls, data: object) -> Timing:
        """Read what `to_dict` wrote. Raises ContractError for anything else."""
        fields = as_object(data, "timing")
        refuse_unknown(fields, {f.name for f in dataclasses.fields(cls)}, "timing")
        schema = take(fields, "schema", int, "timing")
        if schema != TIMING_SCHEMA:
            raise ContractError(f"timing: schema {schema} is not the one understood here ({TIMING_SCHEMA})")
        figures = ("ratio", "milliseconds", "reference_milliseconds", "null_milliseconds", "gflops", "percent_of_limit")
        measured: dict[str, Any] = {
            name: take(fields, name, float, "timing") for name in figures if fields.get(name) is not None
        }
        training = fields.get("training")
        timing = cls(
            assignment=take(fields, "assignment", str, "timing"),
            version=take(fields, "version", str, "timing"),
            seed=take(fields, "seed", int, "timing"),
            outcome=_member(Outcome, fields, "outcome"),
            device=Device.from_dict(fields.get("device")),
            max_points=take(fields, "max_points", float, "timing"),
            message=take(fields, "message", str, "timing"),
            interval=_interval(fields.get("interval")),
            verdict=None if fields.get("verdict") is None else _member(Comparison, fields, "verdict"),
            limited_by=take(fields, "limited_by", str, "timing"),
            machine=as_object(fields.get("machine", {}), "machine"),
            tier=take(fields, "tier", str, "timing"),
            points=take(fields, "points", float, "timing"),
            samples=tuple(map(ProcessPair.from_dict, listed(fields, "samples", "timing"))),
            flags=tuple(map(str, listed(fields, "flags", "timing"))),
            seconds=take(fields, "seconds", float, "timing"),
            training=None if training is None else as_object(training, "training"),
            worker=as_object(fields.get("worker", {}), "worker"),
            **measured,
        )
        if timing.outcome is Outcome.TIMED and (timing.ratio is None or timing.interval is None):
            raise ContractError("timing: what was timed has a ratio and an interval")
        return timing


def _member(kind: Any, fields: dict[str, Any], key: str) -> Any:
    text = take(fields, key, str, "timing")
    try:
        return kind(text)
    except ValueError:
        raise ContractError(f"timing: {key} {text!r} is none of {', '.join(kind)}") from None


def _interval(value: object) -> tuple[float, float] | None:
    if value is None:
        return None
    low, high = numbers(listed({"interval": value}, "interval", "timing"), "timing: interval")
    if low > high:
        raise ContractError("timing: an interval goes from its lower end to its upper one")
    return low, high
