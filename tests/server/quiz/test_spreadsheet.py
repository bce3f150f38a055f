"""Tables out and in: no cell runs as a formula, what is read is bounded, and what is broken is refused in words."""

from __future__ import annotations

import csv
import io
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from server.quiz.spreadsheet import (
    LARGEST_FILE,
    LONGEST_CELL,
    SpreadsheetError,
    decoded,
    harmless,
    read_table,
    write_table,
)

ROWS = [["number", "score"], ["1001", 7.5], ["1002", -3], ["1003", None], ["1004", True]]
TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"), max_size=20)


def cells(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def test_csv_is_utf_8_for_excel_with_its_line_ends():
    data = write_table([["Größe", "a,b"], ['"', 1]], "csv")
    assert data == '\ufeffGröße,"a,b"\r\n"""",1\r\n'.encode()


@pytest.mark.parametrize("text", ["=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "=cmd|' /C calc'!A0", "-", "+"])
def test_no_text_of_a_csv_file_begins_as_a_formula(text):
    assert harmless(text) == f"'{text}"
    ((written,),) = cells(write_table([[text]], "csv"))
    assert written.startswith("'")


@pytest.mark.parametrize("text", ["-3", "+4.5", "-1,5", "-1e6", "a=b", "", "1-1"])
def test_numbers_and_harmless_texts_stay_as_they_are(text):
    assert harmless(text) == text


def test_a_negative_number_stays_a_number():
    assert cells(write_table(ROWS, "csv")) == [
        ["number", "score"], ["1001", "7.5"], ["1002", "-3"], ["1003", ""], ["1004", "True"],
    ]  # fmt: skip


def test_a_workbook_keeps_types_and_runs_no_formula():
    data = write_table([["heading", "value"], ["=1+1", 2.5], ["@x", -3], ["'quoted", None]], "xlsx")
    sheet = load_workbook(io.BytesIO(data)).worksheets[0]
    assert [[cell.value for cell in row] for row in sheet.iter_rows()] == [
        ["heading", "value"], ["=1+1", 2.5], ["@x", -3], ["'quoted", None],
    ]  # fmt: skip
    assert {cell.data_type for row in sheet.iter_rows() for cell in row if isinstance(cell.value, str)} == {"s"}
    assert b"<f>" not in zipfile.ZipFile(io.BytesIO(data)).read("xl/worksheets/sheet1.xml")
    assert sheet["A1"].font.bold
    assert not sheet["A2"].font.bold
    assert sheet.freeze_panes == "A2"


@pytest.mark.parametrize("format_name", ["csv", "xlsx"])
def test_characters_that_a_table_cannot_hold_are_replaced(format_name):
    data = write_table([["a\x00b\ufffe"]], format_name)
    assert read_table(data, f"t.{format_name}") == [["a\ufffdb\ufffd"]]


def test_a_text_too_long_for_a_cell_is_cut_with_a_sign():
    data = write_table([["x" * 40_000]], "xlsx")
    ((text,),) = read_table(data, "t.xlsx")
    assert len(text) == LONGEST_CELL
    assert text.endswith("…")


def test_another_format_is_a_mistake_of_the_caller():
    with pytest.raises(ValueError, match="csv or xlsx"):
        write_table([], "ods")


@pytest.mark.parametrize("format_name", ["csv", "xlsx"])
@settings(deadline=None, max_examples=60)
@given(rows=st.lists(st.lists(TEXTS, min_size=2, max_size=3), min_size=1, max_size=4))
def test_what_is_written_is_read(format_name, rows):
    width = max(map(len, rows))
    rows = [[" ".join(text.split()) or "x" for text in [*row, *[""] * (width - len(row))]] for row in rows]
    rows[0][0] = f"h{rows[0][0].replace(';', '').replace(',', '')}"
    found = read_table(write_table(rows, format_name), f"table.{format_name}")
    assert found == (rows if format_name == "xlsx" else [[harmless(text) for text in row] for row in rows])


@pytest.mark.parametrize(
    ("data", "rows"),
    [
        (b"a,b\n1,2\n", [["a", "b"], ["1", "2"]]),
        (b"a;b\r\n1;2,5\r\n", [["a", "b"], ["1", "2,5"]]),
        (b"a\tb\n1\t2", [["a", "b"], ["1", "2"]]),
        ("\ufeffGröße\n1".encode(), [["Größe"], ["1"]]),
        ("Größe\n1".encode("utf-16"), [["Größe"], ["1"]]),
        ("Größe – x\n1".encode("cp1252"), [["Größe – x"], ["1"]]),
        (b'"a\nb",c\n', [["a\nb", "c"]]),
    ],
)
def test_csv_is_read_in_the_ways_that_programs_write_it(data, rows):
    assert read_table(data, "marks.csv") == rows


def workbook(fill: dict[str, object], sheet: str = "Sheet") -> bytes:
    book, out = Workbook(), io.BytesIO()
    book.active.title = sheet
    for cell, value in fill.items():
        book.active[cell] = value
    book.save(out)
    return out.getvalue()


def test_cells_are_read_as_people_see_them():
    data = workbook({"A1": 3.0, "B1": 2.5, "C1": True, "D1": None, "E1": "x", "A2": 1e20, "B2": "=1+1"})
    assert read_table(data, "t.xlsx") == [["3", "2.5", "TRUE", "", "x"], ["1e+20", "", "", "", ""]]


def test_a_workbook_is_known_by_its_content_and_read_by_its_sheet():
    book, out = Workbook(), io.BytesIO()
    book.active["A1"] = "first"
    book.create_sheet("Second")["A1"] = "second"
    book.save(out)
    assert read_table(out.getvalue(), "table") == [["first"]]
    assert read_table(out.getvalue(), "t.xlsx", "Second") == [["second"]]
    assert read_table(out.getvalue(), "t.xlsx", "Third") == [["first"]]


def bomb(size: int) -> bytes:
    """A workbook whose sheet unpacks to many bytes."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook({"A1": 1}))) as book,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as copy,
    ):
        for name in book.namelist():
            data = book.read(name)
            copy.writestr(name, data + b" " * size if name.endswith("sheet1.xml") else data)
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "name", "reason"),
    [
        (b"x" * (LARGEST_FILE + 1), "t.csv", "more than 8 MB"),
        (b"a\n" * 20_001, "t.csv", "too large"),
        (b"," * 501, "t.csv", "too large"),
        (b"a," * 400 + b"\n" + (b"1," * 400 + b"\n") * 1300, "t.csv", "too large"),
        (b'"a,b\n', "t.csv", "quotation mark"),
        (bomb(300_000_000), "t.xlsx", "unpacks to far more"),
        (workbook({"A20001": 1}), "t.xlsx", "too large"),
        (workbook({"XFD1": 1}), "t.xlsx", "too large"),
        (b"no workbook", "t.xlsx", "cannot be read"),
        (b"PK\x03\x04 torn", "t.xlsx", "cannot be read"),
        (workbook({"A1": 1})[:-200], "t.xlsx", "cannot be read"),
    ],
)
def test_what_is_too_large_or_broken_is_refused(data, name, reason):
    with pytest.raises(SpreadsheetError, match=reason):
        read_table(data, name)


def test_a_bomb_that_lies_about_its_size_is_counted_as_it_unpacks():
    data = bytearray(bomb(100_000_000))
    start = 0
    while (start := data.find(b"PK\x01\x02", start)) >= 0:
        data[start + 24 : start + 28] = (100).to_bytes(4, "little")
        start += 4
    with pytest.raises(SpreadsheetError, match=r"unpacks to far more|cannot be read"):
        read_table(bytes(data), "t.xlsx")


def test_a_zip_that_is_no_workbook_is_refused():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("hello.txt", "hello")
    with pytest.raises(SpreadsheetError, match="broken"):
        read_table(out.getvalue(), "t.xlsx")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("part", ["[Content_Types].xml", "xl/workbook.xml", "xl/worksheets/sheet1.xml"])
def test_a_workbook_with_a_document_type_is_refused(part, encoding):
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook({"A1": "x"}))) as book, zipfile.ZipFile(out, "w") as copy:
        for name in book.namelist():
            head = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>' if name == part else ""
            copy.writestr(name, f"{head}{book.read(name).decode()}".encode(encoding if head else "utf-8"))
    with pytest.raises(SpreadsheetError, match="document type"):
        read_table(out.getvalue(), "t.xlsx")


def test_lines_of_a_text_end_alike():
    assert decoded(b"a\r\nb\rc\x00") == "a\nb\nc"
