"""How a student stands, as their page's script reads it. All times are milliseconds since 1970."""

from __future__ import annotations

import json
import os
import zlib
from datetime import datetime, timedelta
from typing import Any

from server.models import Mode, utcnow
from server.services.quizzes.clock import Phase
from server.services.quizzes.standing import OnShow, Standing

# Milliseconds between two questions of a page; few where the lecturer may do something any moment.
POLL = 10_000
POLL_SOON = 3_000
POLL_PACED = 2_000
SOON = timedelta(minutes=3)
# So long, for each student who joined, a class spreads its requests for the questions: what one costs, on these cores.
SPREAD_EACH = 6 / (os.cpu_count() or 1)
LONGEST_SPREAD = 6_000


def state_of(found: Standing) -> dict[str, Any]:
    """A standing for the page's script; times are milliseconds since 1970. `version` changes with what else changes."""
    shown = {
        "phase": found.phase.value,
        "mode": found.mode.value,
        "opens_at": milliseconds(found.opens_at),
        "closes_at": milliseconds(found.closes_at),
        "left": round(found.left.total_seconds() * 1000) if found.is_paused and found.left is not None else None,
        "paused": found.is_paused,
        "moved": found.is_moved,
        "released": found.is_released,
        "on_show": _on_show(found.on_show),
        "poll": _poll(found),
    }
    version = f"{zlib.crc32(json.dumps(shown).encode()):08x}"
    return shown | {"version": version, "spread": round(min(LONGEST_SPREAD, SPREAD_EACH * found.joined))}


def milliseconds(moment: datetime | None) -> int | None:
    """A moment as JavaScript counts: milliseconds since 1970."""
    return None if moment is None else round(moment.timestamp() * 1000)


def _on_show(on_show: OnShow | None) -> dict[str, Any] | None:
    if on_show is None:
        return None
    return {
        "question": on_show.position + 1,
        "stage": on_show.stage.value,
        "closes_at": milliseconds(on_show.closes_at),
        "shows_key": on_show.shows_key,
    }


def _poll(found: Standing) -> int:
    if found.mode is Mode.PACED:
        return POLL_PACED
    begins_soon = found.opens_at is None or found.opens_at - utcnow() < SOON
    return POLL_SOON if found.phase is Phase.WAITING and begins_soon else POLL
