"""Tables as CSV and XLSX: read within bounds, and written so that no cell of theirs runs as a formula.

A spreadsheet runs a CSV cell that begins with `=`, `+`, `-`, `@` or a tab. Such a text is written with an apostrophe
before it, which spreadsheets take for "this is text"; a number, also a negative one, stays a number. In XLSX the
type of a cell says that it is text, so nothing is put before it.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Sequence
from pathlib import PurePath
from typing import IO, Any
from xml.etree.ElementTree import ParseError

from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils.exceptions import InvalidFileException

Cell = str | int | float | bool | None
LARGEST_FILE = 8 * 1024 * 1024
LARGEST_UNPACKED = 48 * 1024 * 1024
CHUNK = 1 << 16
MOST_MEMBERS = 500
MOST_ROWS = 20_000
MOST_COLUMNS = 500
MOST_CELLS = 500_000
LONGEST_CELL = 32_767
"""Characters of a cell, which is Excel's own bound."""

RUNS = ("=", "+", "-", "@", "\t", "\r")
NUMBER = re.compile(r"[-+]?\d+(?:[.,]\d+)?(?:[eE][-+]?\d+)?")
UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
TYPES = {"csv": "text/csv", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


class SpreadsheetError(Exception):
    """A table cannot be read; the message is for the person who sent it."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


def write_table(rows: Iterable[Sequence[Cell]], format_name: str) -> bytes:
    """The rows as a file, `csv` (UTF-8 with its mark, for Excel) or `xlsx`. The first row is taken for the headings."""
    if format_name not in TYPES:
        raise ValueError(f"a table is written as {' or '.join(TYPES)}, not {format_name!r}")
    return _csv(rows) if format_name == "csv" else _xlsx(rows)


def harmless(text: str) -> str:
    """A text that no spreadsheet runs when it opens a CSV file."""
    return f"'{text}" if text.startswith(RUNS) and not NUMBER.fullmatch(text) else text


def _csv(rows: Iterable[Sequence[Cell]]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    for row in rows:
        writer.writerow([harmless(_clean(cell)) if isinstance(cell, str) else cell for cell in row])
    return ("\ufeff" + out.getvalue()).encode()


def _clean(text: str) -> str:
    return UNWRITABLE.sub("\ufffd", text)


def _xlsx(rows: Iterable[Sequence[Cell]]) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Table")
    sheet.freeze_panes = "A2"
    for number, row in enumerate(rows):
        cells = [_cell(sheet, value) for value in row]
        for cell in cells if number == 0 else ():
            cell.font = Font(bold=True)
        sheet.append(cells)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _cell(sheet: Any, value: Cell) -> WriteOnlyCell:
    if not isinstance(value, str):
        return WriteOnlyCell(sheet, value=value)
    text = _clean(value)
    cell = WriteOnlyCell(sheet, value=text if len(text) <= LONGEST_CELL else f"{text[: LONGEST_CELL - 1]}…")
    cell.data_type = "s"
    return cell


def read_table(data: bytes, filename: str, sheet: str | None = None) -> list[list[str]]:
    """A file's rows, every cell as text. Raises SpreadsheetError.

    An `.xlsx` file is read by its sheet of that name, else by its first one; a CSV file by its commas, semicolons or
    tabs, whichever its first line has most of.
    """
    if len(data) > LARGEST_FILE:
        raise SpreadsheetError(f"The file has more than {LARGEST_FILE // 1024 // 1024} MB. Split it.")
    return _read_xlsx(data, sheet) if is_workbook(data, filename) else _read_csv(data)


def is_workbook(data: bytes, filename: str) -> bool:
    """Whether a file is an Excel workbook, by its name or by how its bytes begin."""
    return PurePath(filename).suffix.lower() in (".xlsx", ".xlsm") or data.startswith(b"PK\x03\x04")


def decoded(data: bytes) -> str:
    """A text file's text: UTF-8, UTF-16 with its mark, or Windows's Western code page; lines end in a line feed."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = data.decode("utf-16", "replace")
    else:
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = data.decode("cp1252", "replace")
    return re.sub(r"\r\n?", "\n", text).replace("\x00", "")


def _read_csv(data: bytes) -> list[list[str]]:
    text = decoded(data)
    delimiter = max(",;\t", key=text.partition("\n")[0].count)
    rows: list[list[str]] = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True):
            _add(rows, row)
    except csv.Error as error:
        raise SpreadsheetError(f"The table is broken: {error}. Is a quotation mark missing?") from None
    return rows


def _add(rows: list[list[str]], row: list[str]) -> None:
    rows.append(row)
    if len(rows) > MOST_ROWS or len(row) > MOST_COLUMNS or len(rows) * len(row) > MOST_CELLS:
        raise SpreadsheetError(
            f"The table is too large: at most {MOST_ROWS:,} rows, {MOST_COLUMNS} columns and {MOST_CELLS:,} cells."
        )


def _read_xlsx(data: bytes, sheet: str | None) -> list[list[str]]:
    _check_unpacked(data)
    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        chosen = book[sheet] if sheet in book.sheetnames else book.worksheets[0]
        rows: list[list[str]] = []
        for row in chosen.iter_rows(max_row=MOST_ROWS + 1, values_only=True):
            _add(rows, [_text(value) for value in row])
    except (InvalidFileException, zipfile.BadZipFile, zlib.error, ParseError, OSError) as error:
        raise SpreadsheetError(f"The workbook cannot be read: {error}.") from None
    except (KeyError, ValueError, TypeError, IndexError, AttributeError, RuntimeError, NotImplementedError) as error:
        raise SpreadsheetError(f"The workbook is broken ({type(error).__name__}). Save it anew as .xlsx.") from error
    return rows


def _check_unpacked(data: bytes) -> None:
    """Unpack everything once and count, as a file can lie about its size. Raises SpreadsheetError."""
    left = LARGEST_UNPACKED
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            if len(members) > MOST_MEMBERS or sum(member.file_size for member in members) > left:
                raise SpreadsheetError("The workbook unpacks to far more than a table needs.")
            for member in members:
                with archive.open(member) as part:
                    left -= _unpacked(part, left)
    except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, OSError, EOFError) as error:
        raise SpreadsheetError(f"The workbook cannot be read: {error}.") from None


def _unpacked(part: IO[bytes], most: int) -> int:
    """The bytes of a part, which no workbook's program begins with a document type. Raises SpreadsheetError."""
    chunk = part.read(CHUNK)
    if b"<!DOCTYPE" in chunk.replace(b"\x00", b"").upper():
        raise SpreadsheetError("The workbook has a document type in it, as no spreadsheet program writes one.")
    size = 0
    while chunk:
        size += len(chunk)
        if size > most:
            raise SpreadsheetError("The workbook unpacks to far more than a table needs.")
        chunk = part.read(CHUNK)
    return size


def _text(value: Any) -> str:
    """A cell's value as people see it: 3 rather than 3.0, TRUE rather than True."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float) and value.is_integer() and abs(value) < 10**15:
        return str(int(value))
    return str(value)
