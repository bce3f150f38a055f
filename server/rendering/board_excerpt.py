"""What of a long board is shown first: the fastest, those around oneself, and the known methods as landmarks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from server.rendering.board_place import next_ahead
from server.services.board import Entry

LONGEST = 40
"""So many people are shown in full."""
FIRST, AROUND = 10, 3
FEWEST_LEFT_OUT = 3
"""Fewer people in a row are shown rather than left out: the line that says so takes as much room."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """So many people in a row that are not shown."""

    count: int


def excerpt(entries: Sequence[Entry | None]) -> list[Entry | LeftOut | None]:
    """The rows of a board, where it is long with gaps in place of people. None is a row that is always shown."""
    people = [entry for entry in entries if entry is not None and not entry.is_method]
    if len(people) <= LONGEST:
        return list(entries)
    left_out = {entry.place for entry in people} - _kept(people)
    shown: list[Entry | LeftOut | None] = []
    for is_left_out, run in groupby(entries, lambda entry: entry is not None and entry.place in left_out):
        rows = list(run)
        shown += [LeftOut(len(rows))] if is_left_out and len(rows) >= FEWEST_LEFT_OUT else rows
    return shown


def _kept(people: Sequence[Entry]) -> set[int]:
    """The places of the first people, of those around one's own row, and of the nearest who is ahead by a rank."""
    own = next((index for index, entry in enumerate(people) if entry.is_own), None)
    around = range(0) if own is None else range(own - AROUND, own + AROUND + 1)
    kept = {entry.place for index, entry in enumerate(people) if index < FIRST or index in around}
    ahead = next_ahead(people)
    return kept if ahead is None else kept | {ahead.place}
