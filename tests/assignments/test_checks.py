"""The checks of each assignment, run on its own samples in this process: `stride check` does it in the sandbox."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.contract import Assignment, CheckResult, Status, load_assignments
from grader.contract.assignment import PROFILES
from grader.judge.grade import Listener, run_checks
from grader.judge.samples import load_sample
from grader.judge.student import Session

ASSIGNMENTS = load_assignments(Path(__file__).parents[2] / "assignments")
SEED = 7


def samples(kind: str, *profiles: str) -> list:
    """The samples of one kind, of the assignments with these profiles. Training a network takes its time."""
    return [
        pytest.param(
            assignment,
            path,
            id=f"{assignment.number}-{path.stem}",
            marks=[pytest.mark.slow] if assignment.profile == "torch" else [],
        )
        for assignment in ASSIGNMENTS.values()
        if assignment.profile in (profiles or PROFILES)
        for path in assignment.submissions(kind)
    ]


def outcomes(assignment: Assignment, path: Path, seed: int = SEED) -> list[CheckResult]:
    sample = load_sample(assignment, path)
    session = Session(assignment, {assignment.filename: path.read_text(encoding="utf-8")}, lambda: sample)
    session.process = sample
    judging = run_checks(session, seed, Listener())
    assert not judging.failure
    return [check.outcome for check in judging.checks.values() if check.outcome]


@pytest.mark.parametrize(("assignment", "path"), samples("accepted"))
def test_accepted_sample_passes_every_check(assignment: Assignment, path: Path) -> None:
    results = outcomes(assignment, path)
    assert [result.message for result in results if result.status is not Status.PASSED] == []
    assert sum(result.points for result in results) == pytest.approx(assignment.points)


@pytest.mark.parametrize(("assignment", "path"), samples("wrong", "numpy"))
def test_wrong_sample_fails_a_check_and_is_told_why(assignment: Assignment, path: Path) -> None:
    lost = [result for result in outcomes(assignment, path) if result.status is not Status.PASSED]
    assert lost
    assert all(result.message for result in lost)


@pytest.mark.parametrize("assignment", ASSIGNMENTS.values(), ids=ASSIGNMENTS.keys())
def test_starter_passes_no_check(assignment: Assignment) -> None:
    results = outcomes(assignment, assignment.folder / "starter.py")
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
