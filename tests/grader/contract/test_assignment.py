"""Assignment folders are read strictly; their version changes with any file."""

from __future__ import annotations

import pytest

from grader.contract import AssignmentError, Trained, load_assignment, load_assignments
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


TRAINED = """
[trained]
weights = "weights.safetensors"
max_mib = 2
input = [1, 32, 32]
max_parameters = 100
max_mult_adds = 200
"""


def test_budgets_of_a_trained_network_are_read(tmp_path):
    toml = TOML.replace('profile = "numpy"', 'profile = "torch"') + TRAINED
    trained = load_assignment(write_assignment(tmp_path, toml=toml)).trained
    assert trained == Trained("weights.safetensors", 2.0, (1, 32, 32), 100, 200)


@pytest.mark.parametrize(
    ("old", "new", "text"),
    [
        ('profile = "torch"', 'profile = "numpy"', "for the profile torch, not for numpy"),
        ("max_mib = 2", "max_mib = 17", "max_mib must lie between 0 and 16, not 17"),
        ("max_mib = 2", "max_mib = 0", "max_mib must lie between"),
        ("weights.safetensors", "weights.pt", "weights must be a name such as weights.safetensors"),
        ("weights.safetensors", "../w.safetensors", "weights must be a name such as"),
        ("[1, 32, 32]", "[1, 32]", "input must be"),
        ("[1, 32, 32]", "[1, 32, true]", "input must be"),
        ("max_mult_adds = 200", "max_mult_adds = 0", "every number positive"),
        ("max_mult_adds = 200", "", "max_mult_adds is missing"),
        ("max_parameters", "parameters", "unknown parameters"),
    ],
)
def test_a_broken_table_of_budgets_is_refused_by_the_field(tmp_path, old, new, text):
    toml = (TOML.replace('profile = "numpy"', 'profile = "torch"') + TRAINED).replace(old, new)
    with pytest.raises(AssignmentError, match=rf"assignment\.toml.*{text}"):
        load_assignment(write_assignment(tmp_path, toml=toml))


def test_a_sample_has_its_own_weights_or_those_of_all(tmp_path):
    folder = write_assignment(tmp_path, toml=TOML.replace('profile = "numpy"', 'profile = "torch"') + TRAINED)
    assignment = load_assignment(folder)
    first, second, *_ = assignment.submissions("wrong")
    with pytest.raises(AssignmentError, match=f"{first.name} has no weights"):
        assignment.sample_weights(first)
    (folder / "submissions" / "weights.safetensors").write_bytes(b"all")
    second.with_suffix(".safetensors").write_bytes(b"own")
    assert (assignment.sample_weights(first), assignment.sample_weights(second)) == (b"all", b"own")


def test_a_sample_of_an_assignment_without_weights_has_none(assignment):
    assert assignment.sample_weights(assignment.submissions("wrong")[0]) == b""
