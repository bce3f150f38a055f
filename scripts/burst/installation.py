"""Everything that runs for a burst, as processes of its own: PostgreSQL, Redis, the workers, and pages if wanted."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import click
from sqlalchemy.orm import Session, sessionmaker

from grader.contract import GRADE_CPU, RESULTS, Assignment
from scripts.private_servers import free_port, postgresql, redis_server
from scripts.process_meter import GRADER
from server.broker import make_celery, send_after_commit
from server.commands.up import Address, answers, celery, gunicorn
from server.database import make_engine, make_sessions, migrate
from server.settings import Settings

READY_SECONDS = 60.0


class Failed(click.ClickException):
    """Something was lost, graded twice or graded wrongly, or a process did not do its work."""

    exit_code = 3


@dataclass(frozen=True, slots=True)
class Installation:
    """Everything that runs for a burst."""

    assignment: Assignment
    sessions: sessionmaker[Session]
    logs: Path
    roots: dict[str, int]
    address: str = ""


@contextmanager
def installation(folder: Path, assignment: Assignment, concurrency: int, *, web: bool) -> Iterator[Installation]:
    """PostgreSQL, Redis, migrated tables, a grader's worker and the server's worker, ready. Raises Failed."""
    with ExitStack() as stack:
        database_url, postgres = stack.enter_context(postgresql(folder))
        broker_url, redis = stack.enter_context(redis_server(folder))
        broker = {"BROKER_URL": broker_url, "STRIDE_DATA": str(folder / "data")}
        settings = Settings.from_environment(broker | {"DATABASE_URL": database_url})
        engine = make_engine(settings.database_url)
        stack.callback(engine.dispose)
        migrate(engine)
        sessions = make_sessions(engine)
        send_after_commit(sessions, make_celery(settings))
        server = broker | {"DATABASE_URL": database_url}
        grading = celery("grader.worker", GRADE_CPU, "--concurrency", str(concurrency))
        roots = {
            GRADER: stack.enter_context(process(grading, broker, folder / "grader.log")),
            "server worker": stack.enter_context(
                process(celery("server.worker", RESULTS), server, folder / "worker.log")
            ),
            "postgresql": postgres,
            "redis": redis,
        }
        address = Address("127.0.0.1", free_port())
        if web:
            roots["web"] = stack.enter_context(process(gunicorn(address, 2), server, folder / "web.log"))
            until(lambda: answers(address), READY_SECONDS, "the web process does not answer")
        until(lambda: is_ready(folder), READY_SECONDS, "the workers do not start")
        yield Installation(assignment, sessions, folder, roots, address.url if web else "")


@contextmanager
def process(command: list[str], environment: dict[str, str], log: Path) -> Iterator[int]:
    """A process of the installation, with only its own settings; its number."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("STRIDE_", "DATABASE_", "BROKER_"))
    }
    with log.open("w") as out:
        started = subprocess.Popen(
            ["/usr/bin/setpriv", "--pdeathsig", "TERM", *command], env=kept | environment, stdout=out, stderr=out
        )
    try:
        yield started.pid
        if started.poll() is not None:
            raise Failed(f"{log.stem} ended by itself.\n{end_of(log)}")
    finally:
        started.terminate()
        started.wait()


def end_of(log: Path) -> str:
    """The last lines of a log, under its name."""
    return f"{log.name}:\n{log.read_text()[-3000:]}"


def is_ready(folder: Path) -> bool:
    """Whether both workers have said that they take messages."""
    return all(" ready." in (folder / f"{name}.log").read_text() for name in ("grader", "worker"))


def until(condition: Callable[[], object], seconds: float, message: str) -> None:
    """Wait for a condition. Raises Failed with the message."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise Failed(f"After {seconds:.0f} s {message}.")
        time.sleep(0.05)
