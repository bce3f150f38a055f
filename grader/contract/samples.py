"""The raw times of a timing: every call by the judge's clock, and beside it what events in the timed process tell."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from grader.contract.errors import ContractError
from grader.contract.fields import as_object, listed, numbers, refuse_unknown

TIMES = ("submission", "reference")
EVENTS = ("submission_events", "reference_events")
CLOCKS_APART = 1.01
"""By how much two clocks may count the same span differently."""

RESOLUTION = 0.05
"""Milliseconds that two readings of a clock may be off."""


@dataclass(frozen=True, slots=True)
class ProcessPair:
    """The paired calls of one fresh process of the submission's and one of the reference's, in milliseconds.

    Call number i of both got the same input, one directly after the other. For a training benchmark: one training each.
    The events are empty where none were recorded. Else they have for each call how long the submission's function took
    by events around it, as its own process tells, and None where it told nothing that can be read.
    """

    submission: tuple[float, ...]
    reference: tuple[float, ...]
    submission_events: tuple[float | None, ...] = ()
    reference_events: tuple[float | None, ...] = ()

    @classmethod
    def from_dict(cls, data: object) -> ProcessPair:
        """Read what `dataclasses.asdict` wrote; events may be missing. Raises ContractError."""
        fields = as_object(data, "samples")
        refuse_unknown(fields, {*TIMES, *EVENTS}, "samples")
        submission, reference = (_times(fields, name) for name in TIMES)
        if len(submission) != len(reference):
            raise ContractError("samples: every call of the submission has one of the reference")
        events = [_events(fields, name, len(submission)) for name in EVENTS]
        return cls(submission, reference, *events)


@dataclass(frozen=True, slots=True)
class EventTimes:
    """What the events of one side tell, beside the judge's clock. It is the word of the process that is timed.

    Of `calls` calls, `told` told a time that can be read, `impossible` of them one that is longer than what had passed.
    Medians over those that told, in milliseconds, None where none did: `judged` by the judge's clock, `events` by
    theirs, and `outside`, by which the judge's clock is longer: moving arguments and outputs, and what events miss.
    """

    calls: int
    told: int
    impossible: int
    judged: float | None
    events: float | None
    outside: float | None


def event_times(samples: Iterable[ProcessPair], side: Literal["submission", "reference"]) -> EventTimes | None:
    """What the events of a side tell; None where none were recorded."""
    calls = [call for pair in samples for call in _calls(pair, side)]
    if not calls:
        return None
    told = [(judged, event) for judged, event in calls if event is not None]
    return EventTimes(
        calls=len(calls),
        told=len(told),
        impossible=sum(event > CLOCKS_APART * judged + RESOLUTION for judged, event in told),
        judged=_median([judged for judged, _ in told]),
        events=_median([event for _, event in told]),
        outside=_median([judged - event for judged, event in told]),
    )


def _calls(pair: ProcessPair, side: str) -> list[tuple[float, float | None]]:
    times, events = getattr(pair, side), getattr(pair, f"{side}_events")
    return list(zip(times, events, strict=True)) if events else []


def _median(values: Sequence[float]) -> float | None:
    return statistics.median(values) if values else None


def _times(fields: dict[str, Any], key: str) -> tuple[float, ...]:
    return numbers(listed(fields, key, "samples"), f"samples: {key}")


def _events(fields: dict[str, Any], key: str, calls: int) -> tuple[float | None, ...]:
    values = listed({key: ()} | fields, key, "samples")
    if len(values) not in (0, calls):
        raise ContractError(f"samples: {key} has an item for every call, or none at all")
    numbers([value for value in values if value is not None], f"samples: {key}")
    return tuple(None if value is None else float(value) for value in values)
