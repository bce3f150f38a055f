"""`stride quiz check` and `stride quiz show`: what they print, and the exit codes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from server.commands.quiz import COMMANDS, quiz
from server.quiz.source import write_questions
from tests.server.quiz.questions import SINGLE, TRUE_FALSE, question


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two folders of questions, and one of an assignment without any."""
    folder = tmp_path / "assignments"
    for name in ("03-sizes", "15-inception", "04-conv-forward"):
        (folder / name).mkdir(parents=True)
    said = {"topic": "Q44", "source": "D3 L234", "difficulty": 1, "title": "Pooling", "explanation": "None."}
    (folder / "03-sizes" / "quiz.toml").write_text(write_questions([question()]))
    (folder / "15-inception" / "quiz.toml").write_text(write_questions([question(TRUE_FALSE, **said)]))
    monkeypatch.setenv("STRIDE_ASSIGNMENTS", str(folder))
    monkeypatch.setenv("STRIDE_DATA", str(tmp_path / "data"))
    return folder


def run(*arguments: str) -> Result:
    return CliRunner().invoke(quiz, arguments)


def test_good_questions_pass(root) -> None:
    outcome = run("check", "--seeds", "20")
    assert outcome.exit_code == 0
    assert "2 questions hold" in outcome.output
    for words in ("03-sizes", "output-size", "15-inception", "pooling-learns", "100 %"):
        assert words in outcome.output


@pytest.mark.parametrize("name", ["03-sizes", "3", "03"])
def test_a_folder_is_found_by_name_and_number(root, name) -> None:
    outcome = run("check", name, "--seeds", "5", "--json")
    document = json.loads(outcome.stdout)
    assert document["problems"] == []
    (proof,) = document["proofs"]
    assert (proof["question"], proof["draws"], proof["topic"]) == ("03-sizes/output-size", 5, "Q22")


def test_a_file_anywhere_can_be_checked(root, tmp_path) -> None:
    path = tmp_path / "own.toml"
    path.write_text(write_questions([question()]))
    assert "output-size" in run("check", str(path), "--seeds", "5").output


def test_a_question_that_says_too_little_fails(root) -> None:
    (root / "03-sizes" / "quiz.toml").write_text(write_questions([question(SINGLE, topic=None)]))
    outcome = run("check", "3", "--seeds", "5")
    assert outcome.exit_code == 2
    assert "✘ 03-sizes/output-size: topic must be one of the course's" in outcome.output


def test_a_file_that_cannot_be_read_fails_beside_the_others(root) -> None:
    (root / "03-sizes" / "quiz.toml").write_text('[[question]]\nid = "a"\nkind = "essay"\n')
    outcome = run("check", "--seeds", "5")
    assert outcome.exit_code == 2
    assert "✘ 03-sizes/quiz.toml question 1 (a), kind: 'essay' is none of" in outcome.output
    assert "pooling-learns" in outcome.output


def test_bytes_that_are_no_text_end_it(root) -> None:
    (root / "03-sizes" / "quiz.toml").write_bytes(b"\xff\xfe")
    outcome = run("check")
    assert outcome.exit_code == 2
    assert "03-sizes/quiz.toml is not UTF-8 text." in outcome.output


def test_an_unknown_folder_is_named(root) -> None:
    outcome = run("check", "99")
    assert outcome.exit_code == 2
    assert "There are no questions 99. Folders with a quiz.toml: 03-sizes, 15-inception." in outcome.output


def test_a_draw_is_shown_with_key_and_reasons(root) -> None:
    outcome = run("show", "03-sizes/output-size", "--seed", "7")
    assert outcome.exit_code == 0
    for words in ("Output size of a convolution", "Q22", "seed 7", "✔ 30", "✘ 29", "The + 1 is missing.", "n = 32"):
        assert words in outcome.output
    assert run("show", "3/output-size", "--seed", "8").output != outcome.output


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("output-size", "name a question as FOLDER/ID"),
        ("03-sizes/nothing", "03-sizes/quiz.toml has no question nothing. It has: output-size."),
        ("98-nothing/output-size", "There are no questions 98-nothing."),
    ],
)
def test_a_question_that_is_not_there_is_said(root, name, message) -> None:
    outcome = run("show", name)
    assert outcome.exit_code == 2
    assert message in outcome.output


def test_a_question_that_cannot_be_drawn_is_said(root) -> None:
    (root / "03-sizes" / "quiz.toml").write_text(write_questions([question(where=["n < 0"])]))
    outcome = run("show", "3/output-size")
    assert outcome.exit_code == 2
    assert "'n < 0' does not hold" in outcome.output


def test_every_command_is_listed_and_can_be_had() -> None:
    listed = run("--help").output
    for name in COMMANDS:
        assert name in listed
        assert run(name, "--help").exit_code == 0
    assert run("nothing").exit_code == 2


def test_asking_what_there_is_imports_no_database() -> None:
    code = "import sys; from server.commands.quiz import quiz; print([m for m in sys.modules if 'sqlalchemy' in m])"
    assert subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout == "[]\n"
