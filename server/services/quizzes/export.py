"""The results of a session as a table for a spreadsheet or a campus system.

`stride quiz analyse` reads it as it is: a question's column is named `Q1 Title /2`, the most that it gives at the end.
"""

from __future__ import annotations

import math

from server.models import Participant
from server.quiz.spreadsheet import Cell
from server.services.quizzes.results import Marks, is_dropped, name_of

DIGITS = 6


def result_rows(found: Marks, *, with_names: bool = False) -> list[list[Cell]]:
    """A header, then a line for each participant: number, name where asked for, each question, total, maximum, percent.

    A question that a participant did not get, and one that was dropped, is empty, which is not 0.
    """
    names: list[Cell] = ["name"] if with_names else []
    header: list[Cell] = ["number", *names, *(_heading(found, column) for column in range(len(found.items)))]
    return [[*header, "total", "max", "percent"], *(_line(found, row, with_names) for row in range(len(found.totals)))]


def file_name(found: Marks, extension: str) -> str:
    """A name for the file that says which session it is of."""
    session = found.session
    when = f"-{session.opens_at:%Y-%m-%d}" if session.opens_at is not None else ""
    return f"{session.course.slug}-quiz-{session.code}{when}.{extension}"


def _heading(found: Marks, column: int) -> str:
    item = found.items[column]
    dropped = " (dropped)" if is_dropped(found.corrections.get(item.id)) else ""
    return f"{name_of(item)}{dropped} /{item.points:g}"


def _line(found: Marks, row: int, with_names: bool) -> list[Cell]:
    participant, total, most = found.participants[row], float(found.totals[row]), float(found.maxima[row])
    marks = [_figure(float(mark)) for mark in found.values[row]]
    percent = _figure(100 * total / most, 2) if most else None
    names: list[Cell] = [_name(participant)] if with_names else []
    return [participant.number, *names, *marks, _figure(total), _figure(most), percent]


def _figure(value: float, digits: int = DIGITS) -> Cell:
    """A number without needless decimals; empty for NaN."""
    if math.isnan(value):
        return None
    rounded = round(value, digits)
    return int(rounded) if rounded.is_integer() else rounded


def _name(participant: Participant) -> str:
    return (participant.person.name or "") if participant.person is not None else ""
