"""Moments as text. The page's script turns them into the reader's own zone; this is what is shown without it."""

from __future__ import annotations

from datetime import UTC, datetime

STEPS = (
    (60, 1, "second"),
    (3600, 60, "minute"),
    (86_400, 3600, "hour"),
    (30 * 86_400, 86_400, "day"),
    (365 * 86_400, 30 * 86_400, "month"),
)
YEAR = 365 * 86_400
FORM_FORMAT = "%Y-%m-%dT%H:%M"


def relative(moment: datetime, now: datetime) -> str:
    """How far away `moment` is: `in 3 days`, `2 hours ago`, `just now`."""
    distance = (moment - now).total_seconds()
    size = abs(distance)
    if size < 10:
        return "just now"
    count, unit = _largest_unit(size)
    words = f"{count} {unit}{'' if count == 1 else 's'}"
    return f"in {words}" if distance > 0 else f"{words} ago"


def _largest_unit(size: float) -> tuple[int, str]:
    for bound, length, unit in STEPS:
        # Half a unit below the bound would round up to it: "60 minutes" reads better as "1 hour".
        if round(size / length) * length < bound:
            return round(size / length), unit
    return max(1, round(size / YEAR)), "year"


def absolute(moment: datetime) -> str:
    """The moment in UTC: `Mon 5 Jan 2026, 23:59 UTC`."""
    utc = moment.astimezone(UTC)
    return f"{utc:%a} {utc.day} {utc:%b %Y, %H:%M} UTC"


def iso(moment: datetime) -> str:
    """The moment for a `datetime` attribute."""
    return moment.astimezone(UTC).isoformat(timespec="seconds")


def for_form(moment: datetime | None) -> str:
    """The moment in UTC as a date-and-time field holds it, or an empty string."""
    return "" if moment is None else f"{moment.astimezone(UTC):{FORM_FORMAT}}"
