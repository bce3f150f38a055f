"""One sample submission of an assignment: graded in the sandbox, and whether it came out as its kind promises."""

from __future__ import annotations

import dataclasses
import importlib
import multiprocessing.util
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from grader.commands.grade import open_launcher
from grader.contract import (
    Assignment,
    AssignmentError,
    Job,
    Limits,
    Result,
    Status,
    UploadRefused,
    Verdict,
    read_handed_in,
    weights_of_sample,
)
from grader.judge.grade import grade
from grader.judge.samples import lesson_of
from grader.sandbox.process import Launcher

KINDS = ("accepted", "starter", "wrong", "crash", "time_limit", "hostile")
HONEST = ("accepted", "starter", "wrong")
"""Kinds that the static reading has no reason to flag."""

LAUNCHERS: dict[bool, Launcher] = {}
"""This process's sandboxes: with a GPU in them, and without."""

WARM: set[tuple[str, bool]] = set()
"""Profile and GPU of what has been started once."""


@dataclasses.dataclass(frozen=True, slots=True)
class Sample:
    """One sample submission, and what grading it gave.

    `named` says that some lost check's hint is the sample's own lesson, `named_first` that the first lost check's is.
    `max_score` is what the checks are worth. `checks` are all checks in the order in which they ran; `seconds` is the
    time that grading took.
    """

    assignment: str
    kind: str
    name: str
    verdict: str
    score: float
    max_score: float
    seconds: float = 0.0
    caught_by: tuple[str, ...] = ()
    limits: tuple[str, ...] = ()
    named: bool = False
    named_first: bool = False
    first_hint: str = ""
    problem: str = ""
    checks: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The sample as JSON-ready values, without the names of all checks, which are the same for each."""
        data = dataclasses.asdict(self)
        del data["checks"]
        return data


def sample_files(assignment: Assignment) -> Iterator[tuple[str, Path]]:
    """Every sample submission with its kind, the starter among them."""
    yield "starter", assignment.folder / "starter.py"
    for kind in KINDS:
        for path in assignment.submissions(kind):
            yield kind, path


def launcher_of(assignment: Assignment) -> Launcher:
    """The sandbox of this process, for everything that it grades or times of such assignments."""
    if assignment.gpu not in LAUNCHERS:
        LAUNCHERS[assignment.gpu] = open_launcher(unsandboxed=False, assignment=assignment)
        multiprocessing.util.Finalize(None, LAUNCHERS[assignment.gpu].close, exitpriority=1)
    return LAUNCHERS[assignment.gpu]


def _warm_up(assignment: Assignment) -> None:
    """Have ready what a worker has ready, so that the first sample's time is that of grading it."""
    if (assignment.profile, assignment.gpu) in WARM:
        return
    if assignment.profile == "torch":
        importlib.import_module("torch")
    launcher_of(assignment).start(assignment.profile, Limits()).close()
    WARM.add((assignment.profile, assignment.gpu))


def grade_sample(assignment: Assignment, kind: str, path: Path, seed: int) -> Sample:
    """Grade one sample submission in the sandbox, and say whether it came out as its kind promises.

    What is to fail is spared what would only say so again: the experiments that train once it has failed, and whatever
    comes after its second time-out.
    """
    try:
        handed_in = read_handed_in(
            path.read_bytes(), path.name, assignment, weights=weights_of_sample(assignment, path)
        )
    except (UploadRefused, AssignmentError) as refusal:
        return Sample(assignment.id, kind, path.stem, "refused", 0.0, assignment.check_points, problem=str(refusal))
    _warm_up(assignment)
    (source,) = handed_in.files.values()
    content = handed_in.weights.content if handed_in.weights else b""
    job = Job(0, 1, assignment.id, {assignment.filename: source}, seed, content)
    result = grade(job, assignment, launcher_of(assignment), is_sample=kind not in ("accepted", "starter"))
    lost = [outcome for outcome in result.checks if outcome.status not in (Status.PASSED, Status.SKIPPED)]
    lesson = lesson_of(source)
    return Sample(
        assignment=assignment.id,
        kind=kind,
        name=path.stem,
        verdict=result.verdict.value,
        score=result.score,
        max_score=assignment.check_points,
        seconds=round(result.timings["grade_ms"] / 1000, 3),
        caught_by=tuple(outcome.name for outcome in lost),
        limits=tuple(dict.fromkeys(outcome.limit for outcome in lost if outcome.limit)),
        named=any(outcome.diagnosis == lesson for outcome in lost),
        named_first=bool(lost) and lost[0].diagnosis == lesson,
        first_hint=lost[0].diagnosis if lost else "",
        problem=_problem(kind, result, assignment.check_points),
        checks=tuple(outcome.name for outcome in result.checks),
    )


def _problem(kind: str, result: Result, full: float) -> str:
    if result.verdict is Verdict.INTERNAL_ERROR:
        return f"internal error: {result.worker.get('error', '')}"
    if kind == "accepted" and result.score < full:
        lost = [outcome for outcome in result.checks if outcome.points < outcome.max_points]
        return f"loses points: {lost[0].title}: {lost[0].message}"
    if kind == "starter" and result.score > 0:
        return f"scores {result.score:g} instead of 0"
    if kind not in ("accepted", "starter") and result.score >= full:
        return "survives: it scores full marks"
    untold = [outcome.title for outcome in result.checks if outcome.status is Status.FAILED and not outcome.message]
    if untold:
        return f"fails {untold[0]} without a message"
    if kind in HONEST and result.flags:
        return f"is flagged, though it is honest: line {result.flags[0].line}: {result.flags[0].message}"
    return ""
