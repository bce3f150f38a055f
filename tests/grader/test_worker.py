"""The Celery worker that grades and times: a real process, over the filesystem broker and Redis."""

from __future__ import annotations

import os
import platform
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from celery import Celery
from kombu import Connection

from grader.contract import (
    GRADE_CPU,
    GRADE_TASK,
    PROGRESS_TASK,
    RECORD_TASK,
    RECORD_TIMING_TASK,
    RESULTS,
    TIME_CPU,
    TIME_TASK,
    TIMING_BEGUN_TASK,
    Job,
    Outcome,
    Progress,
    Result,
    Timing,
    TimingJob,
    Verdict,
    celery_settings,
)
from tests.grader.conftest import ACCEPTED, write_assignment
from tests.grader.timed_assignment import ONCE, RAISES_WHERE_LARGE, write_timed_assignment

ANSWER_SECONDS = 60
WORKER = (
    "-m",
    "celery",
    "-A",
    "grader.worker",
    "worker",
    "-Q",
    f"{GRADE_CPU},{TIME_CPU}",
    "-c",
    "1",
    "--without-gossip",
    "--without-mingle",
)


class Peer:
    """The server's side of the broker: sends jobs, takes what comes back."""

    def __init__(self, broker_url: str, data: Path) -> None:
        self.settings = celery_settings(broker_url, data)
        self.app = Celery("test")
        self.app.conf.update(self.settings)

    def send(self, *args: Any) -> None:
        self.app.send_task(GRADE_TASK, args=list(args), queue=GRADE_CPU)

    def send_timing(self, *args: Any) -> None:
        self.app.send_task(TIME_TASK, args=list(args), queue=TIME_CPU)

    def receive(self, count: int = 100, last: str = "") -> list[tuple[str, dict[str, Any]]]:
        """So many messages of the results queue, or all to the first called `last`, as task name and payload."""
        link = Connection(
            self.settings["broker_url"],
            transport=self.settings["broker_transport"],
            transport_options=self.settings["broker_transport_options"],
        )
        received = []
        with link:
            queue = link.SimpleQueue(RESULTS)
            for _ in range(count):
                message = queue.get(timeout=ANSWER_SECONDS)
                message.ack()
                received.append((message.headers["task"], message.payload[0][0]))
                if message.headers["task"] == last:
                    break
            queue.close()
        return received

    def receive_result(self) -> tuple[list[Progress], dict[str, Any]]:
        """The signs of life, and the result."""
        messages = self.receive(last=RECORD_TASK)
        assert [name for name, _ in messages] == [PROGRESS_TASK] * (len(messages) - 1) + [RECORD_TASK]
        return [Progress.from_dict(payload) for _, payload in messages[:-1]], messages[-1][1]

    def receive_timing(self) -> tuple[dict[str, Any], Timing]:
        """The message of a timing, after the one that says that it has begun."""
        (first, begun), (second, record) = self.receive(2)
        assert (first, second) == (TIMING_BEGUN_TASK, RECORD_TIMING_TASK)
        host, _, process = begun.pop("worker").rpartition(":")
        assert (host, process.isdigit()) == (platform.node(), True)
        assert begun == {"run": record["run"], "attempt": record["attempt"]}
        assert set(record) == {"run", "attempt", "timing"}
        return record, Timing.from_dict(record["timing"])


@pytest.fixture
def environment(broker_url, tmp_path, bubblewrap) -> dict[str, str]:
    root = tmp_path / "assignments"
    write_assignment(root)
    write_timed_assignment(root)
    return os.environ | {
        "BROKER_URL": broker_url,
        "STRIDE_DATA": str(tmp_path / "data"),
        "STRIDE_ASSIGNMENTS": str(root),
        "DATABASE_URL": "nonsense://a-grader-does-not-look-at-this",
    }


@pytest.fixture
def peer(environment) -> Peer:
    return Peer(environment["BROKER_URL"], Path(environment["STRIDE_DATA"]))


@pytest.fixture
def start(environment, tmp_path) -> Iterator[Callable[[], subprocess.Popen]]:
    """Start a worker; all of them end with the test."""
    started = []

    def run() -> subprocess.Popen:
        with (tmp_path / "worker.log").open("a") as log:
            process = subprocess.Popen(
                [sys.executable, *WORKER], env=environment, stdout=log, stderr=log, start_new_session=True
            )
        started.append(process)
        return process

    yield run
    for process in started:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def job(source: str = ACCEPTED, assignment: str = "90-doubling", submission: int = 5) -> dict[str, Any]:
    return Job(submission, 2, assignment, {"twice.py": source}, 7).to_dict()


def test_worker_reports_progress_then_sends_the_result(peer, start):
    start()
    peer.send(job())
    signs, record = peer.receive_result()
    assert [(sign.done, sign.total) for sign in signs[:1]] == [(0, 4)]
    assert all(sign.lease_seconds >= 15 for sign in signs)
    assert (record["submission"], record["attempt"]) == (5, 2)
    assert Result.from_dict(record["result"]).score == 5.0


def test_worker_reports_the_checks_that_ended_while_a_slow_one_still_runs(peer, start):
    start()
    slow = ACCEPTED.replace("return cache[0]", "import time; time.sleep(1.5); return cache[0]")
    peer.send(job(slow))
    signs, record = peer.receive_result()
    assert Result.from_dict(record["result"]).score == 5.0
    assert [check.name for sign in signs for check in sign.checks][:3] == [
        "test_values[two]",
        "test_values[three]",
        "test_pure",
    ]


def test_message_that_is_no_job_is_dropped_and_the_next_is_graded(peer, start):
    start()
    for rubbish in ({"submission": 1}, "text", None):
        peer.send(rubbish)
    peer.send(job(submission=6))
    _, record = peer.receive_result()
    assert record["submission"] == 6


@pytest.mark.parametrize("name", ["91-absent", "../assignments/90-doubling", "", "/etc"])
def test_assignment_that_the_grader_lacks_is_an_internal_error(peer, start, name):
    start()
    peer.send(job(assignment=name))
    ((task, record),) = peer.receive(1)
    result = Result.from_dict(record["result"])
    assert task == "server.record"
    assert result.verdict is Verdict.INTERNAL_ERROR
    assert "has no assignment" in result.worker["error"]


def test_changed_assignment_is_read_again(peer, start, environment):
    start()
    peer.send(job())
    first = peer.receive_result()[1]["result"]["version"]
    statement = Path(environment["STRIDE_ASSIGNMENTS"]) / "90-doubling" / "statement.md"
    statement.write_text("# Another\n")
    peer.send(job())
    assert peer.receive_result()[1]["result"]["version"] != first


def timing_job(source: str = ONCE, assignment: str = "91-product", run: int = 8) -> dict[str, Any]:
    return TimingJob(run, 3, assignment, {"mine.py": source}, 7).to_dict()


def shortened(environment: dict[str, str]) -> None:
    """Bound a timing to what the fewest process pairs take."""
    toml = Path(environment["STRIDE_ASSIGNMENTS"], "91-product", "assignment.toml")
    toml.write_text(toml.read_text().replace("seconds = 20\n\n[[bench", "seconds = 0.1\n\n[[bench"))


def test_worker_says_that_it_times_and_then_sends_the_timing(peer, start, environment):
    shortened(environment)
    start()
    peer.send_timing(timing_job())
    record, timing = peer.receive_timing()
    assert (record["run"], record["attempt"]) == (8, 3)
    assert (timing.outcome, timing.assignment, timing.seed) == (Outcome.TIMED, "91-product", 7)
    assert timing.interval[0] <= timing.ratio <= timing.interval[1]
    assert len(timing.samples) == 3
    assert timing.worker["sandbox"] == "bubblewrap"


def test_submission_that_fails_in_a_timed_call_is_refused_and_not_our_failure(peer, start):
    start()
    peer.send_timing(timing_job(RAISES_WHERE_LARGE))
    _, timing = peer.receive_timing()
    assert timing.outcome is Outcome.REFUSED
    assert "too large for me" in timing.message
    assert "error" not in timing.worker


@pytest.mark.parametrize(
    ("assignment", "files", "told"),
    [
        ("92-absent", {}, "has no assignment '92-absent'"),
        ("../assignments/91-product", {}, "has no assignment"),
        ("90-doubling", {}, "has no benchmark"),
        ("91-product", {"benchmark.py": "1 / 0\n"}, "ZeroDivisionError"),
        ("91-product", {"submissions/accepted/once.py": RAISES_WHERE_LARGE}, "too large for me"),
        ("91-product", {"assignment.toml": "title = 5\n"}, "assignment.toml"),
    ],
)
def test_timing_that_fails_on_our_side_is_an_internal_error_with_its_detail(
    peer, start, environment, assignment, files, told
):
    for name, text in files.items():
        Path(environment["STRIDE_ASSIGNMENTS"], assignment, name).write_text(text)
    start()
    peer.send_timing(timing_job(assignment=assignment))
    _, timing = peer.receive_timing()
    assert (timing.outcome, timing.assignment) == (Outcome.INTERNAL_ERROR, assignment)
    assert told in timing.worker["error"]
    assert (timing.points, timing.message) == (0.0, "")


def test_message_that_is_no_timing_job_is_dropped_and_the_next_is_timed(peer, start, environment):
    shortened(environment)
    start()
    for rubbish in ({"run": 1}, "text", None, job()):
        peer.send_timing(rubbish)
    peer.send_timing(timing_job(run=9))
    record, _ = peer.receive_timing()
    assert record["run"] == 9


def test_worker_without_a_sandbox_refuses_to_start_and_says_what_to_install(start, environment, tmp_path):
    environment["PATH"] = "/nowhere"
    process = start()
    assert process.wait(ANSWER_SECONDS) != 0
    assert "apt-get install bubblewrap" in (tmp_path / "worker.log").read_text()


def test_killed_worker_leaves_no_sandbox_behind(peer, start):
    marker = f"st-{time.monotonic_ns() % 10**11}"
    source = f"""
import ctypes, time
def double(x, f):
    ctypes.CDLL(None).prctl(15, {marker.encode()!r})  # PR_SET_NAME
    time.sleep(300)
def back(c): pass
"""
    worker = start()
    peer.send(job(source))
    peer.receive(1)
    wait_until(lambda: running(marker))
    os.killpg(worker.pid, signal.SIGKILL)
    wait_until(lambda: not running(marker))


def running(marker: str) -> bool:
    for path in Path("/proc").glob("[0-9]*/comm"):
        try:
            if path.read_text().strip() == marker:
                return True
        except (FileNotFoundError, ProcessLookupError):
            continue
    return False


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + ANSWER_SECONDS
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.02)
