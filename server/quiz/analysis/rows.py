"""The lines of a file of marks, CSV or XLSX, with their numbers."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass

from server.quiz.spreadsheet import SpreadsheetError, read_table

XLSX = b"PK\x03\x04"


class MarksError(ValueError):
    """A file is no table of marks; the message names the line and the column."""


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the file with its number, and its cells as text."""

    line: int
    cells: tuple[str, ...]


def read_rows(data: bytes) -> list[Row]:
    """The lines of a CSV or XLSX file that hold anything, all of the same length. Raises MarksError."""
    rows = _xlsx_rows(data) if data.startswith(XLSX) else _csv_rows(data)
    rows = [row for row in rows if any(row.cells)]
    while rows and not any(row.cells[-1:] != ("",) for row in rows):
        rows = [Row(row.line, row.cells[:-1]) for row in rows]
    if not rows:
        raise MarksError("The file is empty. Each line should be a student, each column an item.")
    for row in rows:
        if len(row.cells) != len(rows[0].cells):
            raise MarksError(f"Line {row.line} has {counted(len(row.cells), 'cell')}, the first {len(rows[0].cells)}.")
    return rows


def _csv_rows(data: bytes) -> list[Row]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise MarksError(f"Line {line} is not UTF-8 text. Export the table as CSV in UTF-8, or as XLSX.") from None
    first = next((line for line in text.splitlines() if line.strip()), "")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max("\t;,", key=first.count), strict=True)
    try:
        return [Row(reader.line_num, tuple(cell.strip() for cell in cells)) for cells in reader]
    except csv.Error as error:
        raise MarksError(f"Line {reader.line_num}: {error}. Is a quotation mark missing?") from None


def _xlsx_rows(data: bytes) -> list[Row]:
    try:
        cells = read_table(data, "marks.xlsx")
    except SpreadsheetError as error:
        raise MarksError(error.message) from None
    return [Row(line, tuple(cell.strip() for cell in row)) for line, row in enumerate(cells, 1)]


def counted(number: int, what: str) -> str:
    """A number with its noun."""
    return f"{number} {what}{'' if number == 1 else 's'}"
