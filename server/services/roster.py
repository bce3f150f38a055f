"""A list of students, as numbers line by line or as a table that a campus system or a spreadsheet exported."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from server.models import Person
from server.quiz.spreadsheet import SpreadsheetError, decoded, is_workbook, read_table
from server.services.errors import RosterRefused

LONGEST = 5000
UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
HEADERS = {
    "number": {
        "number", "nr", "id", "idnumber", "studentnumber", "studentno", "studentnr", "studentid", "student", "sid",
        "matriculationnumber", "matriculation", "matrikelnummer", "matrikelnr", "matrikel", "matrnr", "matno",
        "registrationnumber", "sisuserid", "orgdefinedid", "username", "login",
    },
    "name": {"name", "fullname", "studentname", "displayname"},
    "first": {"firstname", "givenname", "vorname", "forename"},
    "last": {"lastname", "surname", "familyname", "nachname"},
    "email": {"email", "emailaddress", "mail", "emailadresse"},
}  # fmt: skip


@dataclass(slots=True)
class RosterReport:
    """What became of each line: enrolled now, enrolled before, or refused: (line, reason)."""

    added: list[Person] = field(default_factory=list)
    existing: list[Person] = field(default_factory=list)
    refused: list[tuple[int, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Row:
    """One student of the list; `line` counts from 1."""

    line: int
    number: str
    name: str
    email: str


def text_of(data: bytes, filename: str) -> str:
    """A list's file as text that `read_roster` reads: an Excel table becomes lines with tabs. Raises RosterRefused."""
    if is_workbook(data, filename):
        try:
            rows = read_table(data, filename)
        except SpreadsheetError as error:
            raise RosterRefused(error.message) from None
        out = io.StringIO()
        csv.writer(out, delimiter="\t", lineterminator="\n").writerows(
            [" ".join(cell.split()) for cell in row] for row in rows
        )
        return out.getvalue()
    if b"\x00" in data and not data.startswith(UTF16_MARKS):
        raise RosterRefused(f"{filename} is neither text nor an .xlsx table. Export the list as CSV or as .xlsx.")
    return decoded(data)


def read_roster(text: str) -> list[Row]:
    """The students of a list. Raises RosterRefused."""
    lines = text.removeprefix("\ufeff").splitlines()
    filled = [line for line in lines if line.strip()]
    if not filled:
        raise RosterRefused("The list is empty. Write one student number on each line.")
    if len(filled) > LONGEST:
        raise RosterRefused(f"The list has {len(filled)} lines; {LONGEST} are read at once. Split it.")
    delimiter = max("\t;,", key=filled[0].count)
    try:
        columns = _columns(next(csv.reader(filled[:1], delimiter=delimiter, strict=True)))
        if "number" in columns:
            return list(_table(lines, delimiter, columns))
    except csv.Error as error:
        raise RosterRefused(f"The list cannot be read as a table: {error}. Is a quotation mark missing?") from None
    if columns or delimiter in filled[0]:
        raise RosterRefused(
            "The first line must name the columns, and one of them must be the student number. For example: "
            "number,name,email. A list without a header has one student number on each line and nothing else."
        )
    return [Row(number, line.strip(), "", "") for number, line in enumerate(lines, 1) if line.strip()]


def _columns(cells: list[str]) -> dict[str, int]:
    """Which column holds what, by its heading; the first that fits wins."""
    columns: dict[str, int] = {}
    for position, cell in enumerate(cells):
        heading = re.sub(r"[^a-z]", "", cell.lower())
        for meaning, spellings in HEADERS.items():
            if heading in spellings:
                columns.setdefault(meaning, position)
    return columns


def _table(lines: list[str], delimiter: str, columns: dict[str, int]) -> Iterator[Row]:
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    headed = False
    for cells in reader:
        if not any(cell.strip() for cell in cells):
            continue
        if not headed:
            headed = True
            continue
        values = {m: cells[at].strip() if at < len(cells) else "" for m, at in columns.items()}
        name = values.get("name") or f"{values.get('first', '')} {values.get('last', '')}".strip()
        yield Row(reader.line_num, values["number"], name, values.get("email", ""))
