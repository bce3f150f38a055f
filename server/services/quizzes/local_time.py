"""A date and a time of day in a zone, as a moment. What does not exist, or exists twice, is refused and explained."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from server.services.errors import Refused

NO_PLACES = ("Etc/", "SystemV/", "posix/", "right/")


@lru_cache(maxsize=1)
def zones() -> tuple[str, ...]:
    """The names of the zones that one can choose: UTC, then the places by name."""
    return ("UTC", *sorted(name for name in available_timezones() if "/" in name and not name.startswith(NO_PLACES)))


def moment(day: date, clock: time, zone: str) -> datetime:
    """The moment at which the clocks of `zone` show this, aware and in UTC. Raises Refused.

    Where clocks go forward an hour is skipped, and where they go back one comes twice: neither has one meaning.
    """
    if zone not in zones():
        raise Refused(f"{zone[:80]!r} is no time zone. Choose one such as Europe/Berlin.")
    place = ZoneInfo(zone)
    shown = datetime.combine(day, clock.replace(second=0, microsecond=0), tzinfo=place)
    earlier, later = (shown.replace(fold=fold).astimezone(UTC) for fold in (0, 1))
    if earlier == later:
        return earlier
    on, shows = f"On {day.day} {day:%B %Y} the clocks of {zone} go", f"{shown:%H:%M}"
    if earlier > later:
        before, after = (f"{each.astimezone(place):%H:%M}" for each in (later, earlier))
        raise Refused(f"{on} forward, and {shows} does not exist. Choose another time, such as {before} or {after}.")
    raise Refused(
        f"{on} back, and {shows} comes twice: it is {earlier:%H:%M} or {later:%H:%M} in UTC. Choose another time, or "
        "choose the zone UTC and give it so."
    )
