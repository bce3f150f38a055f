"""Real processes on a test's own database and broker, and a grader that says what a test wants."""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

import pytest
import redis
from celery import Celery
from sqlalchemy import update
from sqlalchemy.orm import Session, sessionmaker

from grader.contract import (
    GRADE_CPU,
    PROGRESS_TASK,
    RECORD_TASK,
    RECORD_TIMING_TASK,
    RESULTS,
    TIME_CPU,
    TIMING_BEGUN_TASK,
    Job,
    Progress,
    Result,
    Timing,
    TimingJob,
)
from server.models import Submission, TimingRun, utcnow
from server.services import timing_queue
from server.services.submissions import QUEUE_LEASE
from server.settings import Settings

PATIENCE = 60.0
T = TypeVar("T")


def until(holds: Callable[[], object], what: str) -> None:
    """Wait until something holds. How long that takes is not what these tests are about, so they are patient."""
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline, f"in vain waited for: {what}"
        time.sleep(0.05)


@pytest.fixture(name="until")
def until_fixture() -> Callable[[Callable[[], object], str], None]:
    return until


@pytest.fixture
def broker_url(request: pytest.FixtureRequest, database_kind: str) -> str:
    """Processes take seconds, so they run as people run them: everything embedded, or both servers."""
    if database_kind == "sqlite":
        return "filesystem://"
    url = request.getfixturevalue("redis_server")
    with redis.Redis.from_url(url) as client:
        client.flushall()
    return url


@pytest.fixture
def environment(settings: Settings) -> dict[str, str]:
    """What a process needs to be part of this test's installation."""
    return os.environ | {
        "STRIDE_ENV": "testing",
        "STRIDE_SECRET_KEY": settings.secret_key,
        "STRIDE_DATA": str(settings.data),
        "STRIDE_ASSIGNMENTS": str(settings.assignments),
        "DATABASE_URL": settings.database_url,
        "BROKER_URL": settings.broker_url,
    }


@dataclass
class Started:
    """A process with everything that it started."""

    process: subprocess.Popen
    log: Path

    def kill(self) -> None:
        """kill -9, the children too: what a power cut does."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def said(self, text: str) -> bool:
        assert self.process.poll() is None, self.log.read_text()
        return text in self.log.read_text()


@pytest.fixture
def start(environment: dict[str, str], tmp_path: Path) -> Iterator[Callable[..., Started]]:
    """Starts `python -m ...`; what still runs at the end of the test is killed."""
    running: list[Started] = []

    def start(*arguments: str, **changes: str) -> Started:
        log = tmp_path / f"process-{len(running)}.log"
        with log.open("wb") as out:
            process = subprocess.Popen(
                [sys.executable, "-m", *arguments],
                env=environment | changes,
                stdout=out,
                stderr=out,
                start_new_session=True,
            )
        running.append(Started(process, log))
        return running[-1]

    yield start
    for started in running:
        if started.process.poll() is None:
            started.kill()


@pytest.fixture
def start_worker(start: Callable[..., Started]) -> Callable[[], Started]:
    """Starts the server's worker and waits until it takes messages."""

    def start_worker() -> Started:
        worker = start("celery", "-A", "server.worker", "worker", "-Q", RESULTS, "--without-mingle", "--without-gossip")
        until(lambda: worker.said("ready."), "the server's worker")
        return worker

    return start_worker


def _arrived(take: Callable[[], T | None], what: str) -> T:
    taken: list[T] = []

    def arrived() -> bool:
        job = take()
        if job is not None:
            taken.append(job)
        return bool(taken)

    until(arrived, what)
    return taken[0]


@dataclass(frozen=True)
class Grader:
    """Takes jobs from the real broker and reports what it is told to."""

    celery: Celery

    def take(self) -> Job | None:
        """The next job of the queue, gone from it, or None when it is empty."""
        data = self._take(GRADE_CPU)
        return None if data is None else Job.from_dict(data)

    def take_timing(self) -> TimingJob | None:
        """As `take`, from the queue of those who time."""
        data = self._take(TIME_CPU)
        return None if data is None else TimingJob.from_dict(data)

    def wait_for_job(self) -> Job:
        return _arrived(self.take, "a job in the queue")

    def wait_for_timing(self) -> TimingJob:
        return _arrived(self.take_timing, "a timing in the queue")

    def begin(self, job: TimingJob) -> None:
        message = {"run": job.run, "attempt": job.attempt}
        self.celery.send_task(TIMING_BEGUN_TASK, args=[message], queue=RESULTS)

    def finish_timing(self, job: TimingJob, measured: Timing) -> None:
        message = {"run": job.run, "attempt": job.attempt, "timing": replace(measured, seed=job.seed).to_dict()}
        self.celery.send_task(RECORD_TIMING_TASK, args=[message], queue=RESULTS)

    def _take(self, name: str) -> dict[str, Any] | None:
        with self.celery.connection_for_read() as connection:
            jobs = connection.SimpleQueue(name)
            try:
                message = jobs.get(block=False)
            except queue.Empty:
                return None
            finally:
                jobs.close()
            message.ack()
            return message.payload[0][0]

    def report(self, job: Job, *, lease_seconds: float = 600.0) -> None:
        progress = Progress(job.submission, job.attempt, 0, 2, lease_seconds)
        self.celery.send_task(PROGRESS_TASK, args=[progress.to_dict()], queue=RESULTS)

    def finish(self, job: Job, result: Result) -> None:
        message = {
            "submission": job.submission,
            "attempt": job.attempt,
            "result": replace(result, seed=job.seed).to_dict(),
        }
        self.celery.send_task(RECORD_TASK, args=[message], queue=RESULTS)


@pytest.fixture
def grader(celery: Celery) -> Grader:
    return Grader(celery)


@pytest.fixture
def time_passes(sessions: sessionmaker[Session]) -> Callable[[], None]:
    """Makes every lease end now, as if nothing had been heard for long."""

    def time_passes() -> None:
        with sessions.begin() as s:
            past = utcnow() - 10 * QUEUE_LEASE
            ended = {"lease_until": utcnow(), "enqueued_at": past}
            s.execute(update(Submission).where(Submission.lease_until.is_not(None)).values(**ended))
            ended["enqueued_at"] = utcnow() - 10 * timing_queue.LONGEST_LEASE
            s.execute(update(TimingRun).where(TimingRun.lease_until.is_not(None)).values(**ended))

    return time_passes
