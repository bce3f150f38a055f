"""docs/exchange.md says what the formats really hold: its tables are compared with what is written and read."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from server.commands.quiz import quiz
from server.quiz.formats import FORMATS, read, write
from server.quiz.question import Answer, Kind, Option, Question, Scoring
from server.quiz.source import write_questions

PAGE = (Path(__file__).resolve().parent.parent / "docs" / "exchange.md").read_text(encoding="utf-8")
PAIR = (Option("a", True), Option("b"))
KINDS = {
    "single": Question("x", Kind.SINGLE, "Which?", PAIR),
    "several": Question("x", Kind.MULTIPLE, "Which?", (*PAIR, Option("c", True)), scoring=Scoring.ALL_OR_NOTHING),
    "true/false": Question("x", Kind.TRUE_FALSE, "So?", (Option("True", True), Option("False"))),
    "number": Question("x", Kind.NUMERIC, "How many?", answers=(Answer("3", "0.5"),)),
}
NAMES = {"GIFT": "gift", "Moodle XML": "moodle_xml", "QTI 1.2": "qti12", "QTI 2.1": "qti21", "TOML": "stride_toml"}
NAMES |= {"Aiken": "aiken", "Socrative": "socrative"}
FIELDS = {
    "feedback for each option": {"options": (Option("a", True, "Yes."), Option("b", why="No."))},
    "explanation": {"explanation": "Because."},
    "parts of the points for an option": {"options": (Option("a", True), Option("b", fraction=0.5))},
    "id": {"id": "an-id-of-its-own"},
    "title": {"title": "A title"},
    "tags": {"tags": ("exam",)},
    "points": {"points": 2.0},
    "order of the options fixed": {"shuffles": False},
    "topic, source, difficulty, options shown": {"topic": "Q01", "source": "D1 L1", "difficulty": 2, "show": 2},
}


def table(beginning: str) -> list[dict[str, str]]:
    """The rows of the table whose first line begins so."""
    lines = PAGE[PAGE.index(beginning) :].split("\n\n")[0].splitlines()
    head, _, *rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [dict(zip(head, row, strict=True)) for row in rows]


def test_every_format_is_in_the_table_with_its_ending():
    rows = {row["`--to`"].strip("`"): row for row in table("| `--to` |")}
    assert list(rows) == list(FORMATS)
    assert all(FORMATS[name].extension in row["ending"] for name, row in rows.items())


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", FORMATS)
def test_the_kinds_that_a_format_holds_are_those_of_the_table(name, kind):
    said = next(row for row in table("| `--to` |") if row["`--to`"] == f"`{name}`")[kind]
    assert (write([KINDS[kind]], name).left_out == []) == (said in ("yes", "as a choice"))


def without_note(data: bytes) -> bytes:
    return re.sub(rb"<\?stride .*?\?>|// stride:[^\n]*\n", b"", data)


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("heading", NAMES)
def test_what_a_format_keeps_is_what_the_table_says(heading, field):
    said = next(row for row in table("| | GIFT |") if row[""] == field)[heading]
    question = Question(**{"id": "x", "kind": Kind.SINGLE, "stem": "Which?", "options": PAIR} | FIELDS[field])
    written = write([question], NAMES[heading])
    (back,) = read(written.data, written.filename, NAMES[heading]).questions
    keeps = all(getattr(back, key) == value for key, value in FIELDS[field].items())
    assert keeps == (said in ("yes", "note"))
    if said == "note" and not written.filename.endswith(".zip"):
        (bare,) = read(without_note(written.data), written.filename).questions
        assert any(getattr(bare, key) != value for key, value in FIELDS[field].items())


def test_the_commands_of_the_page_run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    questions = list(KINDS.values())
    Path("questions.gift").write_bytes(write(questions, "gift").data)
    Path("export.zip").write_bytes(write(questions, "qti21").data)
    lines = [line.split("#")[0] for line in PAGE.splitlines() if line.startswith("stride quiz convert")]
    assert len(lines) == 5
    for line in lines:
        Path("questions.toml").write_text(write_questions(questions[:1]), encoding="utf-8")
        outcome = CliRunner().invoke(quiz, shlex.split(line)[2:])
        assert outcome.exit_code == 0, outcome.output
