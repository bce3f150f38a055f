"""What an assignment's checks.py needs may stand in files beside it, which it imports by their names."""

from __future__ import annotations

import sys

import pytest

from grader.contract import Job, Result, Verdict, load_assignment
from grader.judge.grade import grade
from tests.grader.conftest import ACCEPTED, write_assignment

CHECKS = """
import pytest

from .expectations import expect_double


@pytest.mark.points(5)
def test_values(student, rng):
    expect_double(student, rng)
"""
EXPECTATIONS = """
from grader.authoring import expect_close

from .numbers import FACTOR


def expect_double(student, rng):
    x = rng.standard_normal((2, 3))
    out, _ = student.double(x, FACTOR)
    expect_close(out, FACTOR * x)
"""


@pytest.fixture
def folder(tmp_path):
    made = write_assignment(tmp_path, checks=CHECKS)
    (made / "expectations.py").write_text(EXPECTATIONS)
    (made / "numbers.py").write_text("FACTOR = 2\n")
    return made


@pytest.fixture
def grade_accepted(bubblewrap):
    def run(folder) -> Result:
        assignment = load_assignment(folder)
        return grade(Job(1, 1, assignment.id, {assignment.filename: ACCEPTED}, 7), assignment, bubblewrap)

    return run


def test_checks_import_the_files_beside_them(folder, grade_accepted):
    assert grade_accepted(folder).score == 5.0


def test_nothing_of_the_folder_stays_imported(folder, grade_accepted):
    paths = list(sys.path)
    grade_accepted(folder)
    assert [name for name in sys.modules if name.startswith("90-doubling") or name == "numbers.py"] == []
    assert getattr(sys.modules["numbers"], "FACTOR", None) is None
    assert sys.path == paths


def test_a_mended_file_is_used_the_next_time(folder, grade_accepted):
    (folder / "numbers.py").write_text("FACTOR = 'two'\n")
    assert grade_accepted(folder).score == 0.0
    (folder / "numbers.py").write_text("FACTOR = 2 + 1\n")
    assert grade_accepted(folder).score == 5.0


def test_a_changed_file_is_another_version(folder):
    before = load_assignment(folder).version
    (folder / "numbers.py").write_text("FACTOR = 3\n")
    assert load_assignment(folder).version != before


def test_folders_of_one_name_have_their_own_files(folder, tmp_path, grade_accepted):
    (tmp_path / "other").mkdir()
    other = write_assignment(tmp_path / "other", checks=CHECKS)
    (other / "expectations.py").write_text(
        "def expect_double(student, rng):\n    assert False, 'of the other folder'\n"
    )
    assert grade_accepted(folder).score == 5.0
    assert grade_accepted(other).score == 0.0
    assert grade_accepted(folder).score == 5.0


@pytest.mark.parametrize(
    ("text", "said"), [("1 / 0\n", "division by zero"), ("from .missing import nothing\n", "90-doubling.missing")]
)
def test_a_file_beside_that_cannot_be_imported_is_our_failure(folder, grade_accepted, text, said):
    (folder / "numbers.py").write_text(text)
    result = grade_accepted(folder)
    assert result.verdict is Verdict.INTERNAL_ERROR
    assert said in result.worker["error"]
