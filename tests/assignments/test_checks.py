"""The checks of each assignment, with inputs of other seeds: `stride check` grades every sample with one seed."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.contract import Assignment, CheckResult, load_assignments
from grader.judge.grade import Listener, run_checks
from grader.judge.samples import load_sample
from grader.judge.student import Session

ASSIGNMENTS = load_assignments(Path(__file__).parents[2] / "assignments")


def outcomes(assignment: Assignment, path: Path, seed: int) -> list[CheckResult]:
    sample = load_sample(assignment, path)
    files = {assignment.filename: path.read_text(encoding="utf-8")}
    session = Session(assignment, files, lambda: sample, sample.weights)
    session.process = sample
    judging = run_checks(session, seed, Listener())
    assert not judging.failure
    return [check.outcome for check in judging.checks.values() if check.outcome]


@pytest.mark.parametrize("assignment", ASSIGNMENTS.values(), ids=ASSIGNMENTS.keys())
def test_starter_passes_no_check(assignment: Assignment) -> None:
    results = outcomes(assignment, assignment.folder / "starter.py", 7)
    assert [result.title for result in results if result.points] == []
    assert len({result.title for result in results}) == len(results)


@pytest.mark.parametrize("seed", [1, 2**40, 123456789])
@pytest.mark.parametrize(
    "assignment",
    [pytest.param(a, id=a.id) for a in ASSIGNMENTS.values() if a.profile == "numpy"],
)
def test_checks_pass_the_accepted_for_every_seed(assignment: Assignment, seed: int) -> None:
    for path in assignment.submissions("accepted"):
        assert all(result.points == result.max_points for result in outcomes(assignment, path, seed))
