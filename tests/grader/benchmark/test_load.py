"""Reading benchmark.py: its cases, and what is wrong with one that cannot be used."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from grader.benchmark.load import case_on, cases_of, load_work
from grader.contract import AssignmentError, load_assignment
from tests.grader.timed_assignment import BENCHMARK, write_timed_assignment

ASSIGNMENTS = Path(__file__).parents[3] / "assignments"


def test_a_case_gives_its_work(tmp_path):
    timed = load_assignment(write_timed_assignment(tmp_path))
    assert cases_of(timed) == ("graded", "small")
    assert load_work(timed).operations == 2.0 * 384**3
    assert load_work(timed, "small").shape == "64×64, float32"


def test_a_case_that_there_is_not_is_refused_and_the_others_are_named(tmp_path):
    timed = load_assignment(write_timed_assignment(tmp_path))
    with pytest.raises(AssignmentError, match="no case 'huge'; it has graded, small"):
        load_work(timed, "huge")


def test_an_assignment_without_the_table_is_not_timed(tmp_path):
    timed = load_assignment(write_timed_assignment(tmp_path))
    with pytest.raises(AssignmentError, match="91-product has no benchmark"):
        load_work(dataclasses.replace(timed, benchmark=None))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("def work(:\n", "SyntaxError"),
        ("import nothing_of_the_kind\n", "ModuleNotFoundError"),
        ("1 + None\n", "TypeError"),
        ("CASES = undefined\n", "NameError"),
        ("def work(case='graded'):\n    return 5\n", "must return a Work"),
    ],
)
def test_a_file_that_cannot_be_used_is_named_with_the_reason(tmp_path, text, told):
    timed = load_assignment(write_timed_assignment(tmp_path, benchmark=text))
    with pytest.raises(AssignmentError, match=rf"91-product/benchmark\.py: .*{told}"):
        load_work(timed)


def test_a_changed_file_is_read_anew(tmp_path):
    timed = load_assignment(write_timed_assignment(tmp_path))
    assert load_work(timed).shape == "384×384, float32"
    (timed.folder / "benchmark.py").write_text(BENCHMARK.replace('"graded": 384', '"graded": 1000'))
    assert load_work(timed).shape == "1000×1000, float32"


@pytest.mark.parametrize(
    ("kind", "asked", "case"),
    [("gpu", "graded", "gpu"), ("cpu", "graded", "graded"), ("gpu", "strided", "strided"), ("cpu", "gpu", "gpu")],
)
def test_a_gpu_has_a_graded_case_of_its_own(kind, asked, case):
    assert case_on(kind, asked) == case


@pytest.mark.parametrize("path", sorted(ASSIGNMENTS.glob("*/assignment.toml")), ids=lambda path: path.parent.name)
def test_an_assignment_for_a_gpu_has_the_case_that_is_graded_there(path):
    assignment = load_assignment(path.parent)
    if assignment.gpu and assignment.benchmark:
        assert case_on("gpu", "graded") in cases_of(assignment)
