"""Rows of parametrised checks, and what a failure says of its case."""

from __future__ import annotations

import numpy as np
import pytest

from grader.authoring import CheckFailed, expect, expect_close, in_case
from grader.contract import load_assignment
from tests.grader.conftest import ACCEPTED, write_assignment

CHECKS = """
import pytest
from grader.authoring import case, expect_close


@pytest.mark.parametrize(
    ("size", "factor"), [case("wide", "More columns than rows", 2, (2, 3), 2), case("row", "One row", 3, (1, 4), 5)]
)
def test_values(student, rng, size, factor):
    x = rng.normal(size=size)
    out, _ = student.double(x, factor)
    expect_close(out, factor * x)
"""


def test_each_case_is_a_check_with_its_own_name_title_and_points(tmp_path, graded):
    checks = graded(ACCEPTED, to=load_assignment(write_assignment(tmp_path / "cases", checks=CHECKS))).checks
    assert [(check.name, check.title, check.points) for check in checks] == [
        ("test_values[wide]", "More columns than rows", 2.0),
        ("test_values[row]", "One row", 3.0),
    ]


def test_failure_inside_begins_with_the_case_and_shows_its_arrays():
    with pytest.raises(CheckFailed) as failed, in_case("With padding 2:", x=np.eye(2), y=[1, 2]):
        expect_close(np.zeros(2), np.ones(2))
    assert failed.value.message.startswith("With padding 2: 2 of 2 values differ.")
    assert failed.value.evidence["inputs"] == {"x": [[1.0, 0.0], [0.0, 1.0]], "y": [1, 2]}
    assert failed.value.evidence["expected"] == 1.0


def test_failure_in_a_case_without_arrays_keeps_its_evidence_and_its_lesson():
    with pytest.raises(CheckFailed) as failed, in_case("Turned:"):
        expect(False, "No.", {"call": "f(1)"}, lesson="flipped")
    assert (failed.value.message, failed.value.evidence) == ("Turned: No.", {"call": "f(1)"})
    assert failed.value.lesson == "flipped"


def test_failure_in_a_case_without_a_text_says_what_it_said():
    with pytest.raises(CheckFailed, match=r"^No\.$"), in_case(x=[1]):
        expect(False, "No.")


def test_case_in_a_case_is_told_from_the_outside_in():
    with pytest.raises(CheckFailed, match=r"^Outer: inner: No\.$"), in_case("Outer:"), in_case("inner:"):
        expect(False, "No.")


def test_what_is_no_failed_expectation_passes_through():
    with pytest.raises(ZeroDivisionError), in_case("With nothing:"):
        raise ZeroDivisionError


def test_case_changes_nothing_where_nothing_fails():
    with in_case("With everything:", x=[1]):
        expect(True, "No.")
