"""A table of marks from a file, CSV or XLSX: rows are students, columns items; a header and an id column are optional.

Exports of Moodle's quiz report are read as they are: their items are the columns named like `Q. 1 /2.00`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from server.quiz.analysis.moments import Values
from server.quiz.analysis.rows import MarksError, Row, counted, read_rows

IDS = {"id", "sid", "idnumber", "number", "nr", "no", "student", "students", "studentid", "studentnumber", "studentno"}
IDS |= {"matriculationnumber", "matrikelnummer", "matrnr", "user", "username", "userid", "login", "participant"}
PEOPLE = {"name", "fullname", "firstname", "givenname", "lastname", "surname", "email", "emailaddress", "mail"}
TOTALS = {"total", "sum", "overall"}
OF_A_QUIZ = re.compile(r"Q\.? ?[0-9].*/ ?[0-9.,]+")
MAXIMUM = re.compile(r"^(?P<name>.*?) ?/ ?(?P<maximum>[0-9]+(?:[.,][0-9]+)?)$")
AVERAGE = "overall average"
MISSING = {"", "-", "–"}
LEAST_ID = 10_000


@dataclass(slots=True)
class MarksTable:
    """Marks (n, k), NaN where a cell was empty, with the items' names, their maxima, and what was taken for granted."""

    names: list[str]
    marks: Values
    maxima: list[float]
    notes: list[str] = field(default_factory=list)


def read_marks(data: bytes, maxima: Mapping[str, float], every: float | None = None) -> MarksTable:
    """The table in a file. Raises MarksError.

    `maxima` gives the most of an item by its name, or by its column's number in the file; `every` that of all others.
    Else it is the number after a slash in the name (`Q1 /2`), or the largest mark that anybody has.
    """
    rows = read_rows(data)
    header, body = _split(rows)
    chosen, notes = _items(header, body)
    names = [header[column] or f"item {place}" for place, column in enumerate(chosen, 1)]
    marks = np.array([[_mark(row, column, header) for column in chosen] for row in body])
    table = MarksTable([_bare(name) for name in names], marks, [], notes)
    empty = int(np.isnan(marks).sum())
    if empty:
        notes.append(
            f"{counted(empty, 'empty cell')}: taken as an item that the student did not get. Write 0 for none."
        )
    given = _given(maxima, header, chosen)
    for place, column in enumerate(chosen):
        table.maxima.append(_maximum(table, place, header[column], given.get(column, every)))
    _check_maxima(table, body, chosen, header)
    return table


def _split(rows: list[Row]) -> tuple[list[str], list[Row]]:
    """The column names, made up where there is no header, and the rows of students."""
    first = rows[0].cells
    named = _are_names(first)
    header = list(first) if named else ["" for _ in first]
    body = [row for row in rows[1 if named else 0 :] if not row.cells[0].lower().startswith(AVERAGE)]
    if not body:
        raise MarksError("The table has a header and no student below it.")
    repeated = sorted({name for name in header if name and header.count(name) > 1})
    if repeated:
        raise MarksError(f"Two columns are named “{repeated[0]}”. Give each its own name.")
    return header, body


def _are_names(first: tuple[str, ...]) -> bool:
    """Whether the first line names the columns, if only by counting them, as a table from pandas does."""
    inner = first[1:] or first
    if any(_number(cell) is None and cell not in MISSING for cell in inner) or _plain(first[0]) in IDS | PEOPLE:
        return True
    counted = [list(map(str, range(start, start + len(cells)))) for start in (0, 1) for cells in (first, inner)]
    return (list(first) in counted and len(first) > 2) or (not first[0] and list(inner) in counted)


def _items(header: list[str], body: list[Row]) -> tuple[list[int], list[str]]:
    """Which columns hold marks, and a note for those that were passed over."""
    of_a_quiz = [column for column, name in enumerate(header) if OF_A_QUIZ.fullmatch(name)]
    if of_a_quiz:
        passed = [name for column, name in enumerate(header) if column not in of_a_quiz]
        return of_a_quiz, _passed_over(passed)
    chosen = list(range(len(header)))
    if _holds_ids(header, body):
        chosen.remove(0)
    chosen = [column for column in chosen if _plain(header[column]) not in PEOPLE]
    chosen = [column for column in chosen if not _is_total(column, header, body, chosen)]
    if not chosen:
        raise MarksError("The table has no column of marks beside the students.")
    passed = [header[column] or f"column {column + 1}" for column in range(len(header)) if column not in chosen]
    return chosen, _passed_over(passed)


def _passed_over(names: Sequence[str]) -> list[str]:
    return [f"Not taken for items: {', '.join(names)}."] if names else []


def _holds_ids(header: list[str], body: list[Row]) -> bool:
    """Whether the first column names the students: by its heading, or because nothing in it can be a mark."""
    values = [row.cells[0] for row in body]
    numbers = [_number(value) for value in values]
    if _plain(header[0]) in IDS | PEOPLE or (any(header) and not header[0]):
        return True
    if all(number is None and value not in MISSING for number, value in zip(numbers, values, strict=True)):
        return True
    are_large = all(number is not None and number >= LEAST_ID and number % 1 == 0 for number in numbers)
    return are_large and len(set(values)) == len(values)


def _is_total(column: int, header: list[str], body: list[Row], chosen: list[int]) -> bool:
    if _plain(_bare(header[column])) not in TOTALS:
        return False
    others = [each for each in chosen if each != column]
    sums = [sum(_number(row.cells[each]) or 0.0 for each in others) for row in body]
    totals = [_number(row.cells[column]) or 0.0 for row in body]
    return bool(np.allclose(sums, totals, atol=0.02))


def _mark(row: Row, column: int, header: list[str]) -> float:
    cell = row.cells[column]
    if cell in MISSING:
        return math.nan
    number = _number(cell)
    if number is None:
        what = f"{_where(row, column, header)}: “{cell[:40]}” is no mark."
        hint = " If the first column names the students, call it id." if column == 0 else ""
        raise MarksError(what + hint)
    return number


def _number(cell: str) -> float | None:
    try:
        number = float(cell.replace(",", ".").replace("\u2212", "-"))
    except ValueError:
        return None
    return number if math.isfinite(number) and "_" not in cell else None


def _given(maxima: Mapping[str, float], header: list[str], chosen: list[int]) -> dict[int, float]:
    """The maxima that were given, by column. Raises MarksError for one of no item."""
    by_name = {_bare(header[column]): column for column in chosen} | {header[column]: column for column in chosen}
    found: dict[int, float] = {}
    for name, maximum in maxima.items():
        column = by_name.get(name, int(name) - 1 if name.isdecimal() else -1)
        if column not in chosen:
            known = ", ".join(_bare(header[each]) or f"column {each + 1}" for each in chosen)
            raise MarksError(f"There is no item “{name}” for a maximum. There are: {known}.")
        found[column] = maximum
    return found


def _maximum(table: MarksTable, place: int, name: str, given: float | None) -> float:
    if given is not None:
        return given
    said = MAXIMUM.match(name)
    if said:
        return float(said["maximum"].replace(",", "."))
    marks = table.marks[:, place]
    largest = max(0.0, float(np.nanmax(marks))) if not np.isnan(marks).all() else 0.0
    table.notes.append(f"{table.names[place]}: no maximum given; its largest mark, {largest:g}, stands for it.")
    return largest


def _check_maxima(table: MarksTable, body: list[Row], chosen: list[int], header: list[str]) -> None:
    for place, column in enumerate(chosen):
        for row, mark in zip(body, table.marks[:, place], strict=True):
            if mark > table.maxima[place] + 1e-9:
                most = f"{table.maxima[place]:g}"
                raise MarksError(f"{_where(row, column, header)}: {mark:g} is more than the maximum, {most}.")


def _where(row: Row, column: int, header: list[str]) -> str:
    name = f" ({header[column]})" if header[column] else ""
    return f"Line {row.line}, column {column + 1}{name}"


def _bare(name: str) -> str:
    """An item's name without the maximum behind it."""
    said = MAXIMUM.match(name)
    return said["name"] if said and said["name"] else name


def _plain(name: str) -> str:
    """The letters of a heading, to compare with those that are known."""
    return re.sub(r"[\W\d_]", "", name.lower())
