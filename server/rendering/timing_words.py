"""What people read while a timing waits: how much comes first, and about how long that takes."""

from __future__ import annotations

from datetime import datetime

from server.rendering.times import relative
from server.services.timing_wait import QueueStatus, Wait

SOONEST, LATEST, FOR_EACH = 1_000, 30_000, 1_000
"""Milliseconds between two questions of a page that waits: the more comes first, the less often it has to ask."""


def how_long(minutes: int) -> str:
    """A stretch of time as nobody can know it better: `about a minute`, `about 25 minutes`, `about 2 hours`."""
    if minutes >= 90:
        return f"about {round(minutes / 60)} hours"
    if minutes > 10:
        minutes = 5 * round(minutes / 5)
    return "about a minute" if minutes <= 1 else f"about {minutes} minutes"


def first_words(wait: Wait) -> str:
    """What comes first, and when its result may be there."""
    if not wait.before:
        return "It is the next one."
    first = "1 timing comes first" if wait.before == 1 else f"{wait.before:,} timings come first"
    return f"{first}." if wait.minutes is None else f"{first}: its result is there in {how_long(wait.minutes)}."


def asks_again_in(wait: Wait | None) -> int:
    """After how many milliseconds a page that shows this asks again; 0 leaves it to the page."""
    return min(LATEST, SOONEST + FOR_EACH * wait.before) if wait is not None and wait.before else 0


def queue_words(status: QueueStatus, now: datetime) -> str:
    """How a queue of timings stands, in a line for whoever keeps the installation or the course."""
    parts = [f"{status.waiting:,} {'waits' if status.waiting == 1 else 'wait'}, {status.running} under way"]
    if status.oldest is not None:
        parts.append(f"the oldest asked for {relative(status.oldest, now)}")
    if status.median_seconds is not None:
        parts.append(f"one takes {status.median_seconds:.0f} s")
    parts.append(f"{len(status.workers)} {'worker' if len(status.workers) == 1 else 'workers'} seen within the hour")
    return "; ".join(parts)
