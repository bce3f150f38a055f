"""Every state, status and verdict as people meet it: a word, an icon and a colour, never a colour alone."""

from __future__ import annotations

from dataclasses import dataclass

from grader.contract import LIMITS, Status, Visibility
from server.models import State


@dataclass(frozen=True, slots=True)
class Look:
    """How a state is shown. `tone` names a colour of the page: good, bad, warn, busy or quiet."""

    word: str
    icon: str
    tone: str


CHECKS = {
    Status.PASSED: Look("Passed", "check-circle-fill", "good"),
    Status.FAILED: Look("Wrong result", "x-circle-fill", "bad"),
    Status.ERROR: Look("Raised an error", "exclamation-triangle-fill", "bad"),
    Status.TIMEOUT: Look("Out of time", "stopwatch-fill", "bad"),
    Status.MEMORY: Look("Out of memory", "memory", "bad"),
    Status.CRASH: Look("Crashed", "lightning-fill", "bad"),
    Status.SKIPPED: Look("Not run", "dash-circle-fill", "quiet"),
}
STATES = {
    State.QUEUED: Look("Waiting", "hourglass-split", "busy"),
    State.RUNNING: Look("Being graded", "arrow-repeat", "busy"),
    State.GRADED: Look("Graded", "check-circle-fill", "good"),
    State.REJECTED: Look("Not graded", "slash-circle-fill", "bad"),
    State.FAILED: Look("Held up by us", "exclamation-triangle-fill", "warn"),
}
LIMIT_ICONS = {
    "wall_check": "stopwatch",
    "wall_total": "hourglass-bottom",
    "cpu": "cpu",
    "memory": "memory",
    "processes": "diagram-3",
    "open_files": "files",
    "file_size": "file-earmark-arrow-up",
    "tmp_size": "hdd",
    "output": "terminal",
    "returned": "box-arrow-left",
}
VISIBILITIES = {
    Visibility.VISIBLE: "",
    Visibility.HIDDEN: "hidden from students",
    Visibility.AFTER_DUE_DATE: "shown to students after the due date",
}


def check_look(status: str) -> Look:
    """The look of a check's status, which is stored as text."""
    return CHECKS[Status(status)]


def limit_look(limit: str, status: str) -> Look | None:
    """The look of the limit that a check reached; None where it reached none, or its status says it already."""
    return Look(LIMITS[limit], LIMIT_ICONS[limit], "bad") if limit and limit != status else None


def state_look(state: State, score: float | None = None, max_score: float | None = None) -> Look:
    """The look of a submission's state; a graded one takes its colour from the score."""
    look = STATES[state]
    if state is not State.GRADED or score is None or not max_score:
        return look
    if score >= max_score:
        return Look("Full marks", "check-circle-fill", "good")
    return Look("Graded", "circle-half" if score > 0 else "x-circle-fill", "warn" if score > 0 else "bad")


def visibility_note(visibility: str) -> str:
    """What a lecturer is told about who sees a check; empty when everybody does."""
    return VISIBILITIES[Visibility(visibility)]
