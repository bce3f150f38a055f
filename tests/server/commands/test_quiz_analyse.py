"""`stride quiz analyse`: any table of marks in, figures out."""

from __future__ import annotations

import json
import math
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner, Result

from server.commands.quiz import quiz
from server.quiz.analysis.rows import MarksError
from server.quiz.analysis.table import read_marks

CANVAS = "id,q1,q2,q3\ns1,1,1,1\ns2,1,1,0\ns3,1,0,0\ns4,1,0,0\n"
ITEM_KEYS = {"name", "facility", "sd", "effective_weight", "discrimination_index", "discriminative_efficiency"}
QUIZ_KEYS = {"mean", "median", "sd", "skewness", "kurtosis", "cic", "error_ratio", "standard_error"}


def run(*arguments: str, stdin: str | bytes = "") -> Result:
    return CliRunner().invoke(quiz, ["analyse", *arguments], input=stdin)


def table(text: str, **maxima: float):
    return read_marks(text.encode(), maxima)


def test_json_has_the_items_and_the_quiz_and_nothing_else():
    done = run("-", "--json", stdin=CANVAS)
    assert done.exit_code == 0
    document = json.loads(done.stdout)
    assert set(document) == {"items", "quiz"}
    assert [item["name"] for item in document["items"]] == ["q1", "q2", "q3"]
    assert all(set(item) >= ITEM_KEYS for item in document["items"])
    assert set(document["quiz"]) >= QUIZ_KEYS
    assert document["quiz"]["cic"] == pytest.approx(600 / 11)
    assert document["quiz"]["mean"] == 1.75
    assert document["items"][0]["facility"] == 1
    assert document["items"][1]["discrimination_index"] == pytest.approx(100 / math.sqrt(3))


def test_undefined_is_null_in_json_and_a_word_on_the_terminal():
    assert json.loads(run("-", "--json", stdin=CANVAS).stdout)["items"][0]["discrimination_index"] is None
    shown = run("-", stdin=CANVAS).stdout
    assert "undefined" in shown
    assert "nan" not in shown.lower().replace("nation", "")


def test_what_is_taken_for_granted_is_said_beside_the_output():
    done = run("-", "--json", stdin=CANVAS)
    assert "q2: no maximum given; its largest mark, 1" in done.stderr
    assert "Not taken for items: id." in done.stderr
    assert "no maximum" not in run("-", "--json", "--max", "1", stdin=CANVAS).stderr


def test_a_maximum_is_given_by_name_by_column_or_for_all():
    marks = "id,a,b\n1,1,2\n2,3,4\n"
    document = json.loads(run("-", "--json", "--max", "a=10", "--max", "3=8", stdin=marks).stdout)
    assert [item["facility"] for item in document["items"]] == [0.2, 3 / 8]
    document = json.loads(run("-", "--json", "--max", "5", "--max", "a=10", stdin=marks).stdout)
    assert [item["facility"] for item in document["items"]] == [0.2, 0.6]


@pytest.mark.parametrize(
    ("maximum", "words"),
    [
        ("c=1", "no item “c”"),
        ("a=x", "must be COLUMN=VALUE"),
        ("a=0", "above 0"),
        ("a=nan", "above 0"),
        ("a=2", "more"),
    ],
)
def test_a_maximum_that_cannot_be_is_refused(maximum, words):
    done = run("-", "--max", maximum, stdin="id,a,b\n1,1,2\n2,3,4\n")
    assert done.exit_code == 2
    assert words in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "is empty"),
        ("\n \n", "is empty"),
        ("id,q1\n", "no student below"),
        ("id\ns1\n", "no column of marks"),
        ("id,q1,q2\ns1,1,1\ns2,1,x\n", "Line 3, column 3 (q2): “x” is no mark"),
        ("id,q1,q2\ns1,1,nan\n", "Line 2, column 3 (q2): “nan” is no mark"),
        ("id,q1,q2\ns1,1,1\n\ns2,1\n", "Line 4 has 2 cells, the first 3"),
        ("id,q1,q1\ns1,1,1\n", "Two columns are named “q1”"),
        ('id,q1\ns1,"1\n', "Is a quotation mark missing?"),
        ("q1,q2\n1,1\ns2,1\n", "Line 3, column 1 (q1): “s2” is no mark. If the first column names"),
    ],
)
def test_a_table_that_cannot_be_read_names_the_line_and_the_column(text, words):
    done = run("-", stdin=text)
    assert done.exit_code == 2
    assert words in done.stderr


def test_bytes_that_are_no_text_name_their_line():
    done = run("-", stdin=b"id,q1\ns1,1\n\xff,1\n")
    assert done.exit_code == 2
    assert "Line 3 is not UTF-8" in done.stderr


def test_a_file_that_is_not_there_is_bad_usage(tmp_path: Path):
    assert run(str(tmp_path / "none.csv")).exit_code == 2


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("1,0\n0,1\n", ["item 1", "item 2"]),
        ("s1,1,0\ns2,0,1\n", ["item 1", "item 2"]),
        ("100001,1,0\n100002,0,1\n", ["item 1", "item 2"]),
        ("a,b\n1,0\n0,1\n", ["a", "b"]),
        ("student_id,a,b\n7,1,0\n8,0,1\n", ["a", "b"]),
        (",0,1\n0,1,0\n1,0,1\n", ["0", "1"]),
        ("1,2,3\n1,0,1\n0,1,1\n", ["1", "2", "3"]),
        ("id,1,2\n5,1,0\n6,0,1\n", ["1", "2"]),
        ("name;email;a;b\nAda;a@x;1,5;0\nBob;b@x;0;1\n", ["a", "b"]),
        ("id\ta\tb\tTotal\n5\t1\t0\t1\n6\t1\t1\t2\n", ["a", "b"]),
        ("\ufeffid,a,b\n5,1,0\n6,0,1\n", ["a", "b"]),
        ("a\n1\n0\n", ["a"]),
    ],
)
def test_header_and_student_column_are_found_or_done_without(text, names):
    found = table(text)
    assert found.names == names
    assert found.marks.shape == (2, len(names))


def test_a_column_called_total_that_is_no_sum_is_an_item():
    assert table("id,a,total\n5,1,0\n6,1,1\n").names == ["a", "total"]


def test_decimal_commas_and_minus_signs_are_marks():
    assert table("a;b\n1,5;−0,25\n0;1\n").marks.tolist() == [[1.5, -0.25], [0, 1]]


def test_an_empty_cell_is_an_item_that_the_student_did_not_get():
    found = table("id,a,b\n1,1,\n2,-,1\n")
    assert math.isnan(found.marks[0, 1])
    assert math.isnan(found.marks[1, 0])
    assert any("2 empty cells" in note for note in found.notes)


MOODLE = (
    'Surname,"First name","Email address",State,"Grade/3.00","Q. 1 /1.00","Q. 2 /2.00"\n'
    "Lovelace,Ada,a@x,Finished,2.5,1.00,1.50\nHopper,Grace,g@x,Finished,1,-,1.00\n"
    "Overall average,,,,1.75,1.00,1.25\n"
)


def test_an_export_of_moodle_is_read_as_it_is():
    found = table(MOODLE)
    assert found.names == ["Q. 1", "Q. 2"]
    assert found.maxima == [1.0, 2.0]
    assert len(found.marks) == 2


def test_a_spreadsheet_is_read_like_the_text():
    book = openpyxl.Workbook()
    for row in (["id", "a", "b"], ["s1", 1, 0.5], ["s2", 0, None]):
        book.active.append(row)
    out = BytesIO()
    book.save(out)
    found = read_marks(out.getvalue(), {})
    assert found.names == ["a", "b"]
    assert found.marks[0].tolist() == [1.0, 0.5]
    assert math.isnan(found.marks[1, 1])


@pytest.mark.parametrize("data", [b"PK\x03\x04broken", b"PK\x03\x04" + b"\0" * 200])
def test_a_broken_spreadsheet_is_refused(data):
    with pytest.raises(MarksError, match="workbook cannot be read"):
        read_marks(data, {})


def test_an_item_that_nobody_solved_has_no_facility_without_a_maximum():
    done = run("-", "--json", stdin="id,a,b\n1,0,1\n2,0,0\n")
    assert json.loads(done.stdout)["items"][0]["facility"] is None


def test_markup_in_a_name_is_shown_as_text():
    assert "[red]a" in run("-", stdin="id,[red]a,b\n1,0,1\n2,1,0\n").stdout


@pytest.mark.parametrize("rows", ["1,1\n", "1\n", "1,0\n1,0\n"])
def test_little_data_gives_undefined_figures_and_no_failure(rows):
    for options in ([], ["--json"]):
        done = run("-", *options, stdin=rows)
        assert done.exit_code == 0, done.stderr
