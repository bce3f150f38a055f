"""What events in the timed processes tell beside the judge's clock: a table for the staff."""

from __future__ import annotations

from dataclasses import dataclass

from grader.contract import EventTimes, Timing, event_times
from server.rendering.board_words import duration


@dataclass(frozen=True, slots=True)
class EventRow:
    """One side's medians as texts; `told` says of how many calls its process told a time that can be read."""

    side: str
    judged: str
    events: str
    outside: str
    told: str


def event_rows(timing: Timing) -> list[EventRow]:
    """The submission's row and the reference's; none where no events were recorded."""
    own, other = event_times(timing.samples, "submission"), event_times(timing.samples, "reference")
    return [_row(side, found) for side, found in (("Submission", own), ("Reference", other)) if found is not None]


def _row(side: str, found: EventTimes) -> EventRow:
    return EventRow(
        side=side,
        judged=duration(found.judged),
        events=duration(found.events),
        outside=_difference(found.outside),
        told=f"{found.told} of {found.calls}",
    )


def _difference(milliseconds: float | None) -> str:
    """A duration that may be less than nothing, where events tell of more time than has passed."""
    if milliseconds is not None and milliseconds < 0:
        return f"−{duration(-milliseconds)}"
    return duration(milliseconds)
