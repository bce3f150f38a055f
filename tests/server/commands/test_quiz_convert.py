"""`stride quiz convert`: what came over on standard output, what did not on standard error, and exit codes."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from server.commands.quiz import quiz
from server.quiz.formats import FORMATS, read
from server.quiz.source import write_questions
from tests.server.quiz.questions import MULTIPLE, NUMERIC, SINGLE, TRUE_FALSE, question

SAMPLES = Path(__file__).parents[1] / "quiz" / "formats" / "samples"
BANK = [question(SINGLE), question(MULTIPLE), question(TRUE_FALSE), question(NUMERIC)]


def convert(*arguments: str | Path) -> Result:
    return CliRunner().invoke(quiz, ["convert", *map(str, arguments)])


@pytest.fixture
def bank(tmp_path: Path) -> Path:
    path = tmp_path / "quiz.toml"
    path.write_text(write_questions(BANK), encoding="utf-8")
    return path


def test_gift_becomes_moodle_xml_and_what_did_not_come_over_is_listed(tmp_path):
    out = tmp_path / "out.xml"
    outcome = convert(SAMPLES / "gift" / "refused.gift", out)
    assert outcome.exit_code == 0
    assert outcome.stdout == f"Wrote 1 of 12 questions to {out} (Moodle XML).\n"
    lines = outcome.stderr.splitlines()
    assert len(lines) == 11
    assert lines[0] == "not read: line 1 “Essay”: It is an essay: there is no answer to compare with."
    assert lines[-1] == "not read: line 25 “Several gaps”: It has several gaps; a question here has one answer."
    assert [each.id for each in read(out.read_bytes(), out.name).questions] == ["taken"]


def test_where_all_came_over_nothing_is_on_standard_error(tmp_path):
    outcome = convert(SAMPLES / "gift" / "choices.gift", tmp_path / "out.toml")
    assert outcome.exit_code == 0
    assert outcome.stderr == ""


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("out.gift", []),
        ("out.txt", []),
        ("out.xml", []),
        ("out.zip", ["--to", "qti12"]),
        ("out.zip", ["--to", "qti21"]),
        ("out.xlsx", []),
        ("out.toml", []),
    ],
)
def test_a_seed_writes_one_draw_of_what_has_parameters(bank, tmp_path, name, arguments):
    out = tmp_path / name
    outcome = convert(bank, out, "--seed", "11", *arguments)
    assert outcome.exit_code == 0, outcome.stderr
    assert outcome.stdout.startswith("Wrote 4 of 4 questions to")
    back = read(out.read_bytes(), name).questions
    assert [each.kind for each in back] == [each.kind for each in BANK]
    assert not any(each.has_parameters for each in back)


def test_without_a_seed_only_strides_own_format_takes_parameters(bank, tmp_path):
    outcome = convert(bank, tmp_path / "out.gift")
    assert outcome.stdout.startswith("Wrote 2 of 4 questions")
    assert outcome.stderr.startswith(
        "not written: question 1 “Output size of a convolution”: Its numbers are drawn anew"
    )
    assert "Give a seed" in outcome.stderr
    assert convert(bank, tmp_path / "copy.toml").stderr == ""
    assert (tmp_path / "copy.toml").read_text(encoding="utf-8") == bank.read_text(encoding="utf-8")


def test_a_reason_that_many_share_is_one_line(tmp_path):
    source = tmp_path / "many.gift"
    source.write_text(
        "\n\n".join(f"::T{number}::Is it {number}? {{T#no#yes}}" for number in range(9)), encoding="utf-8"
    )
    outcome = convert(source, tmp_path / "out.txt", "--to", "aiken")
    (line,) = outcome.stderr.splitlines()
    assert line.startswith("changed: 9 questions: Lost: title, feedback. (question 1, question 2, ")


def test_a_draw_that_fails_leaves_the_question_out(tmp_path):
    source, out = tmp_path / "in.toml", tmp_path / "out.gift"
    source.write_text(write_questions([question(NUMERIC, where=["k > 5"]), question(TRUE_FALSE)]), encoding="utf-8")
    outcome = convert(source, out, "--seed", "1")
    assert outcome.exit_code == 0
    assert outcome.stderr.startswith("not written: question 1 “weights”: ")
    assert outcome.stdout.startswith("Wrote 1 of 2 questions")


@pytest.mark.parametrize(
    ("source", "arguments", "message"),
    [
        ("moodle_xml/doctype.xml", ["out.gift"], "has a document type"),
        ("moodle_xml/refused.xml", ["out.gift"], "None of the 10 questions in"),
        ("gift/numbers.gift", ["out.txt", "--to", "aiken"], "Aiken can hold none of the 7 questions"),
        ("gift/numbers.gift", ["out.zip"], "say --to qti12 or --to qti21"),
        ("gift/numbers.gift", ["out.docx"], "does not say its format"),
        ("gift/numbers.gift", ["out.xml", "--from", "qti12"], "The XML is broken"),
        ("gift/numbers.gift", ["out.xml", "--to", "docx"], "is not one of"),
        ("gift/none-such.gift", ["out.xml"], "does not exist"),
        ("gift/numbers.gift", ["no/such/folder.xml"], "cannot be written"),
    ],
)
def test_what_cannot_be_done_ends_with_a_sentence_and_two(tmp_path, monkeypatch, source, arguments, message):
    monkeypatch.chdir(tmp_path)
    outcome = convert(SAMPLES / source, *arguments)
    assert outcome.exit_code == 2
    assert message in " ".join(outcome.stderr.split())
    assert outcome.stdout == ""
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_there_stays_where_nothing_can_be_written(tmp_path):
    out = tmp_path / "out.txt"
    out.write_text("mine", encoding="utf-8")
    assert convert(SAMPLES / "gift" / "numbers.gift", out, "--to", "aiken").exit_code == 2
    assert out.read_text(encoding="utf-8") == "mine"


def test_the_format_can_be_named_where_the_ending_says_another(tmp_path):
    source = tmp_path / "export.dat"
    source.write_bytes((SAMPLES / "aiken" / "simple.txt").read_bytes())
    assert convert(source, tmp_path / "out.xml").exit_code == 2
    assert convert(source, tmp_path / "out.xml", "--from", "aiken").stdout.startswith("Wrote 2 of 2")


def test_a_package_for_canvas_has_its_manifest(tmp_path):
    out = tmp_path / "quiz.zip"
    assert convert(SAMPLES / "gift" / "choices.gift", out, "--to", "qti12").exit_code == 0
    assert zipfile.ZipFile(out).namelist() == ["imsmanifest.xml", "questions/questions.xml"]


def test_the_help_names_every_format():
    shown = convert("--help").stdout
    assert all(name in shown for name in FORMATS)
