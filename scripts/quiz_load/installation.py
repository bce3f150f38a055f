"""What is measured: the pages as production runs them over PostgreSQL and Redis, or as `stride up` does over SQLite."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.orm import Session, sessionmaker

from grader.contract import RESULTS
from grader.settings import ASSIGNMENTS
from scripts.burst.installation import READY_SECONDS, process, until
from scripts.private_servers import free_port, postgresql, redis_server
from server.commands.up import CONNECTIONS, THREADS, Address, answers, celery, gunicorn
from server.database import make_engine, make_sessions, migrate
from server.quiz.bank import Bank

EMBEDDED, PRODUCTION = "sqlite", "postgresql"
SECRET = "of a server that lives for a minute, and no longer than that"  # noqa: S105


@dataclass(frozen=True, slots=True)
class Running:
    """Pages that answer. `roots` are the first processes by role."""

    database: str
    address: Address
    sessions: sessionmaker[Session]
    bank: Bank
    roots: dict[str, int]


@contextmanager
def installation(folder: Path, database: str, workers: int = 2, threads: int = THREADS) -> Iterator[Running]:
    """The pages and the worker that records, over a database and a broker of their own. Raises Failed."""
    with ExitStack() as stack:
        environment, roots = {"STRIDE_DATA": str(folder / "data")}, {}
        if database == PRODUCTION:
            database_url, roots["postgresql"] = stack.enter_context(postgresql(folder))
            broker_url, roots["redis"] = stack.enter_context(redis_server(folder))
            environment |= {"DATABASE_URL": database_url, "BROKER_URL": broker_url, "STRIDE_ENV": "production"}
            environment |= {"STRIDE_SECRET_KEY": SECRET, "STRIDE_HTTPS": "0"}
        else:
            database_url = f"sqlite:///{folder / 'data' / 'stride.db'}"
        engine = make_engine(database_url)
        stack.callback(engine.dispose)
        migrate(engine)
        address = Address("127.0.0.1", free_port())
        recording = celery("server.worker", RESULTS)
        roots["server worker"] = stack.enter_context(process(recording, environment, folder / "worker.log"))
        command, settings = web(database, address, workers, threads)
        roots["web"] = stack.enter_context(process(command, environment | settings, folder / "web.log"))
        until(lambda: answers(address), READY_SECONDS, f"the pages do not answer: {folder / 'web.log'}")
        yield Running(database, address, make_sessions(engine), Bank(ASSIGNMENTS), roots)


def web(database: str, address: Address, workers: int, threads: int) -> tuple[list[str], dict[str, str]]:
    """The command of the pages and what it needs in its environment: docker-compose.yml's, or that of `stride up`."""
    if database == EMBEDDED:
        command = gunicorn(address, workers)
        command[command.index("--threads") + 1] = str(threads)
        return command, {}
    bind = f"{address.host}:{address.port}"
    options = ["--bind", bind, "--worker-tmp-dir", "/dev/shm", "--access-logfile", "-"]  # noqa: S108
    return [sys.executable, "-m", "gunicorn", *options, "server.wsgi:app"], {
        "GUNICORN_CMD_ARGS": f"--workers {workers} --threads {threads} --worker-connections {CONNECTIONS}"
    }


def cores() -> int:
    """How many processors there are."""
    return os.cpu_count() or 1
