"""Time submissions from the upload to the recorded score, embedded, and say where the time goes.

python -m scripts.bench_grade [--count N] [--json]: starts a Stride of its own in a temporary folder, hands one accepted
solution in again and again as a student does, and reads from the database when each step was reached.
"""

from __future__ import annotations

import json
import os
import secrets
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import click

from grader.contract import load_assignments
from scripts.hand_in import Refusal, Visitor
from server.database import make_engine, make_sessions
from server.models import EnrolmentRole, Submission
from server.services import accounts, courses
from server.settings import Settings

ASSIGNMENT = "04-conv-forward"
STUDENT = "s1000001"
WARM_UP = 2
START_SECONDS = 60.0
TITLES = {
    "upload": "upload and storing",
    "queues": "queues, both ways",
    "grading": "grading",
    "sandbox": "  of it, sandboxes",
    "total": "POST to recorded score",
}


@dataclass(frozen=True, slots=True)
class Timing:
    """One submission, in milliseconds: `total` is from the POST to the recorded score, the rest its parts."""

    upload: float
    """from the POST to the stored submission"""
    grading: float
    """the grader's own time, sandboxes included"""
    queues: float
    """to the grader, and from it into the database"""
    total: float
    sandbox: float
    """of the grading, the start of sandboxes"""

    @classmethod
    def of(cls, posted_at: float, submission: Submission) -> Timing:
        """From what the client and the database saw: both read the same machine's clock. Raises Refusal."""
        result = submission.attempts[-1].result
        if submission.graded_at is None or result is None or not result["checks"]:
            raise Refusal(f"submission {submission.id} has no result: {submission.state}")
        if any(check["points"] < check["max_points"] for check in result["checks"]):
            raise Refusal(f"submission {submission.id} fails a check: {submission.state}, {submission.score}")
        total = (submission.graded_at.timestamp() - posted_at) * 1000
        upload = (submission.created_at.timestamp() - posted_at) * 1000
        grading = result["timings"]["grade_ms"]
        return cls(upload, grading, total - upload - grading, total, result["timings"]["sandbox_ms"])


@contextmanager
def embedded(data: Path) -> Iterator[str]:
    """A `stride up` of one's own; its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [str(Path(sys.executable).with_name("stride")), "up", "--port", str(port)]
    environment = os.environ | {"STRIDE_DATA": str(data), "STRIDE_ENV": "development"}
    for name in ("DATABASE_URL", "BROKER_URL"):
        environment.pop(name, None)
    process = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)
    try:
        yield _wait_for_start(process, f"http://127.0.0.1:{port}/")
    finally:
        process.send_signal(signal.SIGINT)
        process.wait()


def _wait_for_start(process: subprocess.Popen[str], address: str) -> str:
    assert process.stderr is not None
    said = []
    for line in process.stderr:
        said.append(line)
        if address in line:
            return address
    raise Refusal(f"stride up did not start:\n{''.join(said)}")


def prepare(settings: Settings, password: str) -> str:
    """A course with one student and the assignment; its slug."""
    with make_sessions(make_engine(settings.database_url)).begin() as s:
        student = accounts.create_person(s, STUDENT)
        accounts.set_password(s, student, password)
        course = courses.create_course(s, "bench", "Timing")
        courses.enrol(s, course, student, EnrolmentRole.STUDENT)
        assignment = load_assignments(settings.assignments)[ASSIGNMENT]
        courses.publish(s, course, assignment, opens_at=None, due_at=None, points=None, is_visible=True)
        return course.slug


def measure(settings: Settings, address: str, count: int) -> list[Timing]:
    """Hand the solution in one at a time, the first few only to warm up. Raises Refusal."""
    password = secrets.token_urlsafe(16)
    course = prepare(settings, password)
    file = load_assignments(settings.assignments)[ASSIGNMENT].submissions("accepted")[0]
    visitor = Visitor(address)
    visitor.sign_in(STUDENT, password)
    sessions = make_sessions(make_engine(settings.database_url))
    timings = []
    for _ in range(WARM_UP + count):
        page = visitor.hand_in(course, ASSIGNMENT, file)
        visitor.wait(page, seconds=60)
        with sessions() as s:
            submission = s.get_one(Submission, int(page.rstrip("/").rpartition("/")[2]))
            timings.append(Timing.of(visitor.posted_at, submission))
    return timings[WARM_UP:]


def table(timings: list[Timing]) -> str:
    """Median, least and most of each part."""
    rows = [f"{'':24}{'median':>9}{'least':>9}{'most':>9}   (ms)"]
    for name, title in TITLES.items():
        values = [getattr(timing, name) for timing in timings]
        rows.append(f"{title:24}{statistics.median(values):9.0f}{min(values):9.0f}{max(values):9.0f}")
    return "\n".join(rows)


@click.command()
@click.option("--count", default=20, show_default=True, type=click.IntRange(1, 1000))
@click.option("--json", "as_json", is_flag=True, help="Print every timing as JSON.")
def main(count: int, as_json: bool) -> None:
    """Time COUNT submissions of an accepted solution, one at a time."""
    with tempfile.TemporaryDirectory(prefix="stride-bench-") as folder:
        settings = Settings.from_environment({"STRIDE_DATA": folder})
        with embedded(settings.data) as address:
            timings = measure(settings, address, count)
    if as_json:
        click.echo(json.dumps([asdict(timing) for timing in timings], indent=2))
        return
    click.echo(f"{ASSIGNMENT}, {count} submissions one after the other, embedded, {os.cpu_count()} cores")
    click.echo(table(timings))


if __name__ == "__main__":
    main()
