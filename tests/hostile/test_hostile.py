"""Every hostile submission fails at what its first line says, and the next honest one scores full marks."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from grader.contract import Job, Result, Verdict, load_assignment
from grader.judge.grade import grade
from tests.grader.conftest import ACCEPTED, bubblewrap, write_assignment  # noqa: F401 - bubblewrap is a fixture

SUBMISSIONS = sorted((Path(__file__).parent / "submissions").glob("*.py"))
SEED = 20261121
OUTPUT_BYTES = 300 * 1024


@pytest.fixture(scope="module")
def assignment(tmp_path_factory):
    root = tmp_path_factory.mktemp("hostile")
    return load_assignment(write_assignment(root))


@pytest.fixture
def canaries(monkeypatch, tmp_path):
    """Secrets where a careless worker would leave them: its environment, its files, its neighbours' sources."""
    monkeypatch.setenv("STRIDE_SECRET_KEY", "canary-environment")
    monkeypatch.setenv("DATABASE_URL", "postgresql://canary-database")
    (tmp_path / "other_submission.py").write_text("# canary-neighbour")
    return tmp_path


def submit(source: str, assignment, launcher, seed: int = SEED) -> Result:
    return grade(Job(1, 1, assignment.id, {assignment.filename: source}, seed), assignment, launcher)


def processes_named(marker: str) -> list[str]:
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if marker.encode() in path.read_bytes():
                found.append(path.parent.name)
        except (FileNotFoundError, ProcessLookupError):
            continue
    return found


@pytest.mark.usefixtures("canaries")
@pytest.mark.parametrize("path", random.Random(SEED).sample(SUBMISSIONS, len(SUBMISSIONS)), ids=lambda path: path.stem)
def test_hostile_submission_gains_nothing_and_harms_nobody(path, assignment, bubblewrap):  # noqa: F811
    result = submit(path.read_text(), assignment, bubblewrap)
    document = json.dumps(result.to_dict(), allow_nan=False)

    assert result.verdict is not Verdict.INTERNAL_ERROR, result.worker
    assert result.score == 0.0
    assert all(check.message for check in result.checks if check.points < check.max_points)
    assert "canary" not in document.replace("canary-daemon", "").replace("canary-unpickled", "")
    assert len(result.stdout) <= OUTPUT_BYTES
    assert not {"\x1b", "\x00", "\ud800"} & set(result.stdout + "".join(check.message for check in result.checks))
    assert not Path("/tmp/canary-unpickled").exists()
    assert processes_named("canary-daemon") == []

    honest = submit(ACCEPTED, assignment, bubblewrap)
    assert honest.score == honest.max_score


def test_every_hostile_submission_says_what_it_tries_and_what_success_would_be():
    for path in SUBMISSIONS:
        assert "Success: " in path.read_text().splitlines()[0], path.name
    assert len(SUBMISSIONS) >= 20
