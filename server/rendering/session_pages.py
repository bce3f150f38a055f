"""A quiz session as its lecturer meets it: modes, states and what was done, in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from server.models import Mode
from server.rendering.outcome import Look
from server.rendering.plain_text import plain
from server.services.quizzes.clock import Phase
from server.services.quizzes.events import Entry


@dataclass(frozen=True, slots=True)
class ModeWords:
    """What a mode is called, its icon, and one sentence on how it goes."""

    name: str
    icon: str
    text: str


MODES: Mapping[Mode, ModeWords] = {
    Mode.TIMED: ModeWords(
        "Common start", "alarm", "Everybody begins and ends at the same time. Who comes late has less time."
    ),
    Mode.WINDOW: ModeWords(
        "Window", "calendar-range", "Everybody has the same minutes, and begins when they like within the window."
    ),
    Mode.PACED: ModeWords(
        "Question by question", "easel", "You show one question at a time, and reveal its answer before the next."
    ),
    Mode.PRACTICE: ModeWords(
        "Practice", "arrow-repeat", "As often as one likes, with fresh numbers and an explanation at once. Not scored."
    ),
}
PHASES: Mapping[Phase, Look] = {
    Phase.WAITING: Look("Upcoming", "calendar-event", "busy"),
    Phase.OPEN: Look("Running", "play-circle-fill", "good"),
    Phase.PAUSED: Look("Paused", "pause-circle-fill", "warn"),
    Phase.CLOSED: Look("Over", "flag-fill", "quiet"),
}
CANCELLED = Look("Cancelled", "x-circle-fill", "quiet")
RELEASED, WITHHELD = Look("Results released", "eye-fill", "good"), Look("Results not released", "eye-slash", "quiet")
DONE = {
    "scheduled": "scheduled it",
    "changed": "changed it",
    "cancelled": "cancelled it",
    "started": "started it",
    "paused": "paused it",
    "ended": "ended it",
    "released": "released the results",
    "withheld": "took the results back",
    "taken_over": "took over on another device",
    "corrected": "corrected a question",
    "uncorrected": "undid a correction",
}


def session_look(phase: Phase, is_cancelled: bool) -> Look:
    """How a session's state is shown."""
    return CANCELLED if is_cancelled else PHASES[phase]


def span(length: timedelta | float | None) -> str:
    """A length as a clock shows it, in whole seconds: 9:05, 1:00:00. Nothing for None."""
    if length is None:
        return ""
    seconds = length.total_seconds() if isinstance(length, timedelta) else length
    whole = max(0, int(-(-seconds // 1)))
    minutes, rest = divmod(whole, 60)
    return f"{minutes}:{rest:02}" if minutes < 60 else f"{minutes // 60}:{minutes % 60:02}:{rest:02}"


def duration(seconds: float) -> str:
    """A length in words: `10 min`, `2 min 30 s`, `45 s`, `1 h 5 min`."""
    whole = int(seconds)
    parts = ((whole // 3600, "h"), (whole // 60 % 60, "min"), (whole % 60, "s"))
    return " ".join(f"{size} {unit}" for size, unit in parts if size) or "0 s"


def event_text(entry: Entry) -> str:
    """What happened, as the rest of a sentence that begins with who did it."""
    kind, details = entry.event.kind, entry.event.details
    if kind == "resumed":
        return f"resumed it after {duration(details.get('seconds', 0))}"
    if kind == "extended":
        return f"gave everybody {duration(details.get('seconds', 0))} more"
    if kind == "extended_one":
        seconds = details.get("seconds", 0)
        change = f"{duration(abs(seconds))} {'more' if seconds > 0 else 'less'}"
        return f"gave {plain(str(details.get('number', '')))} {change}, {duration(details.get('total', 0))} in all"
    if kind in ("shown", "revealed"):
        verb = "showed" if kind == "shown" else "revealed"
        return f"{verb} question {details.get('position', 0) + 1}"
    return DONE.get(kind, kind)


def who(entry: Entry) -> str:
    """Who did it: a member of the staff, or the number that it happened to."""
    return plain(entry.by or entry.number or "The clock")
