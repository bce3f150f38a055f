"""A worker as the collection sees it: one launcher for all submissions, surrounded by canaries."""

from __future__ import annotations

import secrets
from collections import Counter
from pathlib import Path

from grader.contract import Job, Result
from grader.judge.grade import grade
from grader.sandbox.process import Launcher
from tests.hostile.canaries import Canaries

SUBMISSIONS = Path(__file__).parent / "submissions"


def collection() -> dict[str, Path]:
    """Every hostile submission by category and name."""
    return {str(path.relative_to(SUBMISSIONS).with_suffix("")): path for path in sorted(SUBMISSIONS.rglob("*.py"))}


class Worker:
    """Grades as a worker does, each submission with a secret seed. `idle` is what it runs when it has nothing to do."""

    def __init__(self, launcher: Launcher, canaries: Canaries) -> None:
        self.launcher = launcher
        self.canaries = canaries
        self.idle: Counter[int] = Counter()
        self.idle_groups = 0

    def grade(self, source: str) -> Result:
        """The result of one submission's text."""
        assignment = self.canaries.assignment
        job = Job(1, 1, assignment.id, {assignment.filename: source}, secrets.randbits(53))
        return grade(job, assignment, self.launcher)

    def attacked_by(self, path: Path) -> Result:
        """The result of a hostile submission."""
        return self.grade(self.canaries.filled_in(path.read_text()))

    def honest(self) -> Result:
        """The result of somebody else's right submission, which holds and prints a canary of its own."""
        return self.grade(self.canaries.neighbour)
