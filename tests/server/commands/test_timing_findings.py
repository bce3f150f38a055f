"""What `stride doctor` says of the queues of timings."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from grader.contract.findings import Finding, Health
from server.commands.findings import server_findings
from server.models import TimingRun, TimingState, utcnow
from server.services import timing
from server.settings import Settings
from tests.server import board_parts as parts


@pytest.fixture(scope="session")
def assignments_root(tmp_path_factory):
    root = tmp_path_factory.mktemp("assignments-of-findings")
    parts.write_timed(root)
    return root


@pytest.fixture
def broker_url() -> str:
    return "filesystem://"


@pytest.fixture(autouse=True)
def environment(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", settings.database_url)
    monkeypatch.setenv("STRIDE_DATA", str(settings.data))


@pytest.fixture
def run(s: Session, published, conv, student) -> TimingRun:
    """A timing that waits."""
    (run,) = timing.for_submission(s, parts.solve(s, published, conv, student))
    s.commit()
    return run


def found() -> dict[str, Finding]:
    return {finding.subject: finding for finding in server_findings()}


def test_a_database_without_timings_says_nothing_of_queues():
    assert not any(subject.startswith("timings") for subject in found())


def test_a_timing_that_waits_and_one_that_runs_are_counted(s: Session, run: TimingRun):
    timing.begin(s, run.id, 1, worker="lab-1:7")
    s.commit()
    told = found()["timings on time.cpu"]

    assert (told.health, told.seen) == (Health.GOOD, "0 wait, 1 under way; 1 worker seen within the hour")


def test_timings_that_nobody_takes_are_a_finding(s: Session, run: TimingRun):
    run.enqueued_at = utcnow() - timedelta(minutes=10)
    s.commit()
    told = found()["timings on time.cpu"]

    assert run.state is TimingState.QUEUED
    assert (told.health, told.mend) == (Health.LIMITED, "start a worker on time.cpu; its log says why it ended")


def test_a_database_without_tables_is_good_enough(empty_database_url: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("DATABASE_URL", empty_database_url)

    assert not any(subject.startswith("timings") for subject in found())
    assert found()["database"].health is Health.GOOD
