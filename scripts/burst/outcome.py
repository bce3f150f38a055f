"""What became of what was handed in: when each was recorded, that none was lost, and that every score is right."""

from __future__ import annotations

import re
import time
from collections import Counter
from pathlib import Path

from sqlalchemy import func, select

from grader.contract import Job
from grader.judge.grade import grade
from grader.sandbox.bubblewrap import Bubblewrap
from scripts.burst.handing_in import Planned
from scripts.burst.installation import Failed, Installation, end_of
from server.models import Attempt, State, Submission
from server.services.submissions import WAITING

SILENCE_SECONDS = 120.0
GRADED_LINE = re.compile(r"\bgraded\b.*\battempt=(\d+)\b.*\bsubmission=(\d+)\b")
RECORDED_LINE = re.compile(r"result (?:recorded|kept).*\battempt=(\d+)\b.*\bsubmission=(\d+)\b")
COLOURS = re.compile(r"\x1b\[[0-9;]*m")


def wait(place: Installation, planned: list[Planned]) -> None:
    """Wait until nothing waits. Raises Failed when nothing has changed for a long time."""
    last, changed_at = -1, time.monotonic()
    while (left := waiting(place)) > 0:
        if left != last:
            last, changed_at = left, time.monotonic()
        if time.monotonic() - changed_at > SILENCE_SECONDS:
            ends = (end_of(place.logs / f"{name}.log") for name in ("grader", "worker"))
            raise Failed("\n\n".join((f"{left} of {len(planned)} submissions got no result.", *ends)))
        time.sleep(0.25)


def waiting(place: Installation) -> int:
    """How many submissions have no outcome yet."""
    with place.sessions() as s:
        return s.scalar(select(func.count()).where(Submission.state.in_(WAITING))) or 0


def read_times(place: Installation, planned: list[Planned]) -> tuple[float, dict[str, list[float]]]:
    """When the last was recorded, in seconds since the epoch; and milliseconds by submission and step."""
    numbers = {each.submission for each in planned}
    with place.sessions() as s:
        rows = s.execute(
            select(Submission.created_at, Submission.graded_at, Attempt.started_at, Attempt.result)
            .join(Attempt, Attempt.submission_id == Submission.id)
            .where(Submission.id.in_(numbers), Attempt.number == Submission.attempt)
        ).all()
    times: dict[str, list[float]] = {"wait in the queue": [], "hand-in to score": []}
    for created_at, graded_at, started_at, result in rows:
        times["wait in the queue"].append((started_at - created_at).total_seconds() * 1000)
        times["hand-in to score"].append((graded_at - created_at).total_seconds() * 1000)
        for name, milliseconds in result["timings"].items():
            times.setdefault(name, []).append(milliseconds)
    return max(row.graded_at for row in rows).timestamp(), times


def verify(place: Installation, planned: list[Planned]) -> int:
    """Check that each submission has one result and the right score; how many were graded more than once.

    Raises Failed. A second grading changes no score (the first result of an attempt is the one that counts), but is
    work for nothing, so it is counted from the workers' logs.
    """
    numbers = [each.submission for each in planned]
    if len(set(numbers)) != len(planned):
        raise Failed("Two submissions have the same number.")
    with place.sessions() as s:
        found = {row.id: row for row in s.scalars(select(Submission).where(Submission.id.in_(numbers)))}
        finished = Counter(
            s.scalars(
                select(Attempt.submission_id).where(
                    Attempt.submission_id.in_(numbers), Attempt.finished_at.is_not(None)
                )
            )
        )
    lost = [number for number in numbers if number not in found or finished[number] != 1]
    if lost:
        raise Failed(f"{len(lost)} submissions have no result, or two: {lost[:10]}")
    check_scores(place, planned, found)
    graded, recorded = (
        lines(place.logs / name, pattern)
        for name, pattern in (("grader.log", GRADED_LINE), ("worker.log", RECORDED_LINE))
    )
    missing = [number for number in numbers if (number, 1) not in graded or (number, 1) not in recorded]
    if missing:
        raise Failed(f"The logs do not say that these were graded and recorded: {missing[:10]}")
    return sum(max(graded[number, 1], recorded[number, 1]) > 1 for number in numbers)


def check_scores(place: Installation, planned: list[Planned], found: dict[int, Submission]) -> None:
    """Accepted samples have all points of the checks and no other has; one of each is graded again. Raises Failed."""
    first = {each.file: each for each in reversed(planned)}
    with Bubblewrap() as launcher:
        for file, each in first.items():
            job = Job(
                each.submission, 1, place.assignment.id, {file.name: file.read_text()}, found[each.submission].seed
            )
            result = grade(job, place.assignment, launcher)
            if result.score != found[each.submission].score:
                raise Failed(f"{file.name} has {found[each.submission].score}, graded alone it has {result.score}.")
    for each in planned:
        row = found[each.submission]
        is_full = row.score == place.assignment.check_points and row.state is State.GRADED
        if row.state not in (State.GRADED, State.REJECTED) or is_full is not (each.kind == "accepted"):
            raise Failed(f"submission {row.id}, {each.kind}/{each.file.name}: {row.state}, {row.score} points")


def lines(log: Path, pattern: re.Pattern[str]) -> Counter[tuple[int, int]]:
    """How often a log names each (submission, attempt)."""
    text = COLOURS.sub("", log.read_text())
    return Counter((int(submission), int(attempt)) for attempt, submission in pattern.findall(text))
