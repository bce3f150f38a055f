"""What is odd about the events in the timed processes, beside the judge's clock: words for the staff, never a score.

Events are recorded around the submission's function by the submission's own process, which may have changed them. The
judge's clock counts the same call from outside, with the moving of arguments and outputs. The reference's events say
how much that is; what is much more was done where events do not see it, such as another stream that nothing waits for.
"""

from __future__ import annotations

from collections.abc import Sequence

from grader.contract import EventTimes, ProcessPair, event_times

ASIDE = 1.5
"""How many times more of a call than of the reference's may lie outside the events."""

LEAST_ASIDE = 0.2
"""Milliseconds that more may lie there in any case: launching and a late wake-up take some hundredths."""


def event_flags(samples: Sequence[ProcessPair]) -> tuple[str, ...]:
    """What is odd, in sentences; nothing where no events were recorded."""
    own, other = event_times(samples, "submission"), event_times(samples, "reference")
    if own is None or other is None:
        return ()
    return (*_unreadable(own, "submission"), *_unreadable(other, "reference"), *_outside(own, other))


def _unreadable(found: EventTimes, side: str) -> list[str]:
    """What cannot be the time of a call."""
    flags = []
    if found.told < found.calls:
        missing = found.calls - found.told
        flags.append(f"The {side}’s events told no time that can be read for {missing} of {found.calls} calls.")
    if found.impossible:
        flags.append(
            f"The {side}’s events told of more time than had passed by the judge’s clock for {found.impossible} of "
            f"{found.calls} calls."
        )
    return flags


def _outside(own: EventTimes, other: EventTimes) -> list[str]:
    """What the judge's clock counts and the events do not."""
    if own.outside is None or other.outside is None or other.impossible:
        return []
    if own.outside <= max(ASIDE * other.outside, other.outside + LEAST_ASIDE):
        return []
    flag = (
        f"{own.outside:.3g} ms of a call lie outside the submission’s events, {other.outside:.3g} ms of one of the "
        "reference’s: work that its events did not see, or events that it changed."
    )
    return [flag]
