"""Property checks: the smallest failure, and what becomes of submissions that end or waver."""

from __future__ import annotations

import itertools

import pytest

from grader.contract import Status, Verdict, load_assignment
from tests.grader.conftest import TOML, write_assignment

CHECKS = """
import numpy as np
import pytest
from hypothesis import strategies as st
from grader.authoring import expect_close, for_all


@pytest.mark.points(5)
{marker}
def test_any(student, rng):
    def holds(n):
        x = np.arange(n + 1.0)
        out, _ = student.double(x, 2)
        expect_close(out, 2 * x)

    for_all(holds, rng, st.integers(0, 30), examples=30)
"""


@pytest.fixture
def check(graded, tmp_path):
    numbers = itertools.count()

    def run(source: str, marker: str = ""):
        folder = write_assignment(tmp_path / f"own-{next(numbers)}", toml=TOML, checks=CHECKS.format(marker=marker))
        result = graded(source + "\ndef back(c): pass\n", to=load_assignment(folder))
        assert result.verdict is not Verdict.INTERNAL_ERROR, result.worker
        return result.checks[0]

    return run


def test_smallest_failure_is_what_is_shown(check):
    outcome = check("def double(x, f): return (x * f if len(x) < 8 else x), None")
    assert outcome.status is Status.FAILED
    assert "float64[8]" in outcome.counterexample["call"]


def test_a_case_that_ends_the_process_is_told_as_what_it_is(check):
    outcome = check("def double(x, f):\n    while len(x) > 4: pass\n    return x * f, None")
    assert (outcome.status, outcome.limit) == (Status.TIMEOUT, "wall_check")
    assert outcome.seconds < 8
    assert "did not answer" in outcome.message


def test_a_submission_that_fails_now_and_then_gets_its_first_failure(check):
    source = "calls = []\ndef double(x, f):\n    calls.append(1)\n    return x * (f + (len(calls) == 9)), None"
    outcome = check(source)
    assert outcome.status is Status.FAILED
    assert "Flaky" not in outcome.message


def test_an_answer_that_breaks_a_hidden_check_is_the_students(check):
    outcome = check("def double(x, f): return 5, None", marker="@pytest.mark.hidden")
    assert outcome.status is Status.FAILED
    broken = "def double(x, f): return 5"
    assert check(broken, marker="@pytest.mark.hidden").status in (Status.FAILED, Status.ERROR)
