"""Assignment folders are read strictly; their version changes with any file."""

from __future__ import annotations

import pytest

from grader.contract import AssignmentError, load_assignment, load_assignments
from tests.grader.conftest import TOML, write_assignment


def test_assignment_folder_is_read(assignment):
    assert (assignment.number, assignment.points, assignment.limits.check_seconds) == ("90", 5.0, 3)
    assert [entry.returns for entry in assignment.entries] == [("value", "handle"), ("value",)]
    assert [path.stem for path in assignment.submissions("wrong")] == ["in_place", "raises", "triples"]


@pytest.mark.parametrize(
    ("old", "new", "text"),
    [
        ("points = 5", "points = 5\npoitns = 6", "unknown poitns"),
        ("points = 5", "points = 0", "points must be positive"),
        ("points = 5", 'points = "5"', "points must be float"),
        ('profile = "numpy"', 'profile = "jax"', "profile must be one of"),
        ('filename = "twice.py"', 'filename = "../twice.py"', "must be a Python file's name"),
        ("check_seconds = 3", "check_secs = 3", "unknown check_secs"),
        ("check_seconds = 3", "check_seconds = -1", "must be positive"),
        ('returns = ["value", "handle"]', 'returns = ["pickle"]', "returns must list"),
        ('name = "back"', 'name = "double"', "same name"),
        ('name = "back"', 'name = "not a name"', "is not a Python name"),
        ('title = "Doubling"', "title = ", "Invalid value"),
    ],
)
def test_broken_toml_is_refused_with_file_and_field(tmp_path, old, new, text):
    folder = write_assignment(tmp_path, toml=TOML.replace(old, new))
    with pytest.raises(AssignmentError, match=rf"assignment\.toml.*{text}"):
        load_assignment(folder)


def test_operators_that_refuse_are_read(tmp_path):
    toml = TOML.replace('profile = "numpy"', 'profile = "torch"\nrefused_operators = ["conv2d", "unfold"]')
    assert load_assignment(write_assignment(tmp_path, toml=toml)).refused_operators == ("conv2d", "unfold")


def test_an_assignment_refuses_nothing_unless_it_says_so(assignment):
    assert assignment.refused_operators == ()


@pytest.mark.parametrize(
    ("profile", "operators", "text"),
    [
        ("torch", '["conv4d"]', "does not know 'conv4d'; known are conv1d, conv2d, "),
        ("torch", "[2]", "does not know 2"),
        ("torch", '"conv2d"', "refused_operators must be list"),
        ("torch", '["conv2d", "conv2d"]', "twice"),
        ("numpy", '["conv2d"]', "is for the profile torch"),
    ],
)
def test_operators_that_cannot_refuse_are_refused_by_name(tmp_path, profile, operators, text):
    toml = TOML.replace('profile = "numpy"', f'profile = "{profile}"\nrefused_operators = {operators}')
    with pytest.raises(AssignmentError, match=rf"assignment\.toml.*{text}"):
        load_assignment(write_assignment(tmp_path, toml=toml))


def test_folder_without_checks_is_refused_by_name(tmp_path):
    folder = write_assignment(tmp_path)
    (folder / "checks.py").unlink()
    with pytest.raises(AssignmentError, match=r"checks\.py is missing"):
        load_assignments(tmp_path)


def test_version_changes_with_any_file_and_not_with_bytecode(tmp_path):
    folder = write_assignment(tmp_path)
    first = load_assignment(folder).version
    (folder / "__pycache__").mkdir()
    (folder / "__pycache__" / "checks.pyc").write_bytes(b"1")
    assert load_assignment(folder).version == first
    (folder / "statement.md").write_text("# Other\n")
    assert load_assignment(folder).version != first


def test_version_stays_when_a_quiz_question_is_edited(tmp_path):
    folder = write_assignment(tmp_path)
    first = load_assignment(folder).version
    (folder / "quiz.toml").write_text("[[question]]\n")
    assert load_assignment(folder).version == first
    (folder / "submissions").mkdir(exist_ok=True)
    (folder / "submissions" / "quiz.toml").write_text("")
    assert load_assignment(folder).version != first, "the folder's own questions are left out, nothing else"


def test_folder_with_quiz_questions_alone_is_no_assignment(tmp_path):
    folder = write_assignment(tmp_path)
    questions = tmp_path / "98-questions"
    questions.mkdir()
    (questions / "quiz.toml").write_text("")
    assert list(load_assignments(tmp_path)) == [folder.name]
    (questions / "assignment.toml").write_text("")
    with pytest.raises(AssignmentError, match=r"98-questions: statement\.md is missing"):
        load_assignments(tmp_path)
