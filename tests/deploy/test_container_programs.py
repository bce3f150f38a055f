"""The small programs that containers run: the migration, the heartbeat, the health check."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

ROOT = Path(__file__).parent.parent.parent
LONGEST_SECONDS = 60


def environment(data: Path, **more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("STRIDE_", "DATABASE", "BROKER"))}
    return kept | {"STRIDE_DATA": str(data)} | more


def run(program: str, *arguments: str, data: Path, **more: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "deploy" / program), *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment(data, **more), capture_output=True, text=True)


def wait_until(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + LONGEST_SECONDS
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.1)


@contextmanager
def page(status: int) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/healthz"
        server.shutdown()


def test_migration_makes_the_tables(tmp_path: Path) -> None:
    outcome = run("migrate.py", data=tmp_path)
    assert outcome.stdout == "The tables are up to date.\n"
    with closing(sqlite3.connect(tmp_path / "stride.db")) as connection:
        assert ("submission",) in connection.execute("SELECT name FROM sqlite_master").fetchall()


def test_migration_can_be_repeated(tmp_path: Path) -> None:
    run("migrate.py", data=tmp_path)
    assert run("migrate.py", data=tmp_path).returncode == 0


def test_migration_with_a_mistake_in_the_environment_says_what_to_set(tmp_path: Path) -> None:
    outcome = run("migrate.py", data=tmp_path, STRIDE_ENV="production")
    assert outcome.returncode == 2
    assert "STRIDE_SECRET_KEY is not set" in outcome.stderr


def test_page_that_answers_is_healthy(tmp_path: Path) -> None:
    with page(200) as address:
        assert run("healthy.py", "http", address, data=tmp_path).returncode == 0


def test_page_that_answers_with_an_error_is_not(tmp_path: Path) -> None:
    with page(503) as address:
        outcome = run("healthy.py", "http", address, data=tmp_path)
    assert outcome.returncode == 1
    assert "503" in outcome.stderr


def test_page_that_does_not_answer_is_not(tmp_path: Path) -> None:
    with page(200) as address:
        pass
    outcome = run("healthy.py", "http", address, data=tmp_path)
    assert outcome.returncode == 1
    assert "does not answer" in outcome.stderr


def test_worker_that_beat_lately_is_healthy(tmp_path: Path) -> None:
    (tmp_path / "heartbeat").touch()
    assert run("healthy.py", "heartbeat", data=tmp_path).returncode == 0


def test_worker_that_has_not_beaten_yet_is_not(tmp_path: Path) -> None:
    outcome = run("healthy.py", "heartbeat", data=tmp_path)
    assert outcome.returncode == 1
    assert outcome.stderr == "the worker has not started yet\n"


def test_worker_that_stopped_beating_is_not(tmp_path: Path) -> None:
    (tmp_path / "heartbeat").touch()
    os.utime(tmp_path / "heartbeat", (0, 0))
    outcome = run("healthy.py", "heartbeat", data=tmp_path)
    assert outcome.returncode == 1
    assert "last sign of life" in outcome.stderr


def test_health_check_without_arguments_says_how_it_is_used(tmp_path: Path) -> None:
    outcome = run("healthy.py", data=tmp_path)
    assert outcome.returncode == 1
    assert outcome.stderr.startswith("usage: ")


@pytest.mark.slow
@pytest.mark.parametrize(("application", "queue"), [("grader.worker", "grade.cpu"), ("server.worker", "results")])
def test_worker_beats_again_and_again(tmp_path: Path, application: str, queue: str) -> None:
    options = ["--concurrency", "1", "--without-gossip", "--without-mingle", "--include", "deploy.heartbeat"]
    command = [sys.executable, "-m", "celery", "-A", application, "worker", "-Q", queue, *options]
    heartbeat = tmp_path / "heartbeat"
    with (tmp_path / "log").open("w") as log:
        worker = subprocess.Popen(command, cwd=ROOT, env=environment(tmp_path), stdout=log, stderr=log)
    try:
        wait_until(heartbeat.exists)
        os.utime(heartbeat, (0, 0))
        wait_until(lambda: heartbeat.stat().st_mtime > 0)
    finally:
        worker.send_signal(signal.SIGTERM)
        worker.wait()
