"""Private servers for the tests: PostgreSQL and Redis on free ports, started once, gone with the test run.

A test that asks for `database_url` runs over SQLite and PostgreSQL, one that asks for `broker_url` over the filesystem
and Redis. Where a server is not installed its tests are skipped, but fail when CI is set in the environment.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import psycopg
import pytest
import redis

from server.database import make_engine, migrate
from server.models import Base

START_SECONDS = 30
LONGEST = (
    *("tests/hostile/test_hostile.py", "tests/hostile/", "tests/test_authoring_page.py", "tests/browser/"),
    *("tests/server/commands/", "tests/grader/commands/", "tests/server/worker/", "tests/server/test_"),
    *("tests/scripts/", "tests/grader/sandbox/", "tests/grader/benchmark/", "tests/assignments/"),
)
"""What takes minutes, the longest first."""

PREFIX = "stride-postgresql-"
STALE_SECONDS = 3600
NUMBERS = count(1)

TABLES = ", ".join(f"'{table.name}'" for table in Base.metadata.sorted_tables)
EMPTIED = f"""
DO $$
DECLARE name text;
BEGIN
    -- A process that an earlier test left must not hold a lock, or write into this one's tables.
    PERFORM pg_terminate_backend(pid, 5000) FROM pg_stat_activity
        WHERE pid <> pg_backend_pid() AND datname = current_database();
    -- Without the checks of foreign keys no order is needed. TRUNCATE makes new files: five times as long.
    SET LOCAL session_replication_role = replica;
    FOREACH name IN ARRAY ARRAY[{TABLES}] LOOP EXECUTE format('DELETE FROM %I', name); END LOOP;
    FOR name IN SELECT sequencename FROM pg_sequences WHERE last_value IS NOT NULL LOOP
        EXECUTE format('ALTER SEQUENCE %I RESTART', name);
    END LOOP;
END $$
"""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest, so that processes which share a run end together."""
    items.sort(key=lambda item: next((n for n, start in enumerate(LONGEST) if item.nodeid.startswith(start)), 99))


def need(program: str, *folders: Path) -> str:
    """The path of a program; without it the test is skipped, or fails under CI."""
    path = shutil.which(program, path=os.pathsep.join([*map(str, folders), os.environ.get("PATH", "")]))
    if path is None:
        message = f"{program} is not installed"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    return path


@pytest.fixture(scope="session", name="need")
def need_fixture() -> Callable[[str], str]:
    """Says that a test needs a program."""
    return need


@pytest.fixture(scope="session", name="free_port")
def free_port_fixture() -> Callable[[], int]:
    """Finds a port of this machine that nobody listens on."""
    return free_port


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def tied(command: list[str], user: str | None = None) -> list[str]:
    """`command` so that it ends when the test run does, even by kill -9, and runs as `user` where one is named."""
    if shutil.which("setpriv") is None:
        return command
    account = ["--reuid", user, "--regid", user, "--clear-groups"] if user else []
    return ["setpriv", *account, "--pdeathsig", "INT", *command]


def until_it_answers(process: subprocess.Popen, ask: Callable[[], object], errors: tuple, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            ask()
        except errors:
            time.sleep(0.05)
        else:
            return
    process.kill()
    pytest.fail(f"a private server did not start:\n{log.read_text()[-2000:]}")


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """A private PostgreSQL, as the address of its `postgres` database."""
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    initdb, postgres = need("initdb", *installed), need("postgres", *installed)
    # PostgreSQL refuses to run as root, and another user cannot enter pytest's own temporary folders.
    user = "postgres" if os.geteuid() == 0 else None
    _remove_what_killed_runs_left()
    root = Path(tempfile.mkdtemp(prefix=PREFIX))
    if user:
        shutil.chown(root, user)
    data, log, port = root / "data", root / "log", free_port()
    create = [initdb, "-D", str(data), "-U", "stride", "--auth=trust", "--encoding=UTF8", "--no-sync"]
    subprocess.run(tied(create, user), check=True, capture_output=True)
    options = [f"port={port}", "listen_addresses=127.0.0.1", f"unix_socket_directories={root}", "fsync=off"]
    command = [postgres, "-D", str(data), *(part for option in options for part in ("-c", option))]
    with log.open("w") as out:
        process = subprocess.Popen(tied(command, user), stdout=out, stderr=out)
    url = f"postgresql://stride@127.0.0.1:{port}/postgres"
    until_it_answers(process, lambda: psycopg.connect(url).close(), (psycopg.OperationalError,), log)
    yield url
    process.send_signal(signal.SIGQUIT)
    process.wait()
    shutil.rmtree(root)


def _remove_what_killed_runs_left() -> None:
    for root in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        started = root / "data" / "postmaster.pid"
        is_running = started.exists() and Path("/proc", started.read_text().split("\n", 1)[0]).exists()
        if not is_running and time.time() - root.stat().st_mtime > STALE_SECONDS:
            shutil.rmtree(root, ignore_errors=True)


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A private Redis, as its address."""
    program = need("redis-server")
    folder, port = tmp_path_factory.mktemp("redis"), free_port()
    log = folder / "log"
    command = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]
    with log.open("w") as out:
        process = subprocess.Popen(tied(command), stdout=out, stderr=out)
    with redis.Redis(port=port) as client:
        until_it_answers(process, client.ping, (redis.ConnectionError,), log)
    yield f"redis://127.0.0.1:{port}/0"
    process.terminate()
    process.wait()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file to copy: migrating again for every test would take most of the time."""
    path = tmp_path_factory.mktemp("template") / "stride.db"
    _migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgresql_migrated(postgresql_server: str) -> str:
    """A migrated database, emptied for every test: making one anew takes half a second."""
    _on_server(postgresql_server, "CREATE DATABASE stride")
    url = _named(postgresql_server, "stride")
    _migrate(url)
    return url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_kind(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def empty_database_url(request: pytest.FixtureRequest, database_kind: str, tmp_path: Path) -> Iterator[str]:
    """A database of the test's own, without any table, on SQLite and on PostgreSQL."""
    if database_kind == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
    else:
        server, name = request.getfixturevalue("postgresql_server"), f"empty_{next(NUMBERS)}"
        _on_server(server, f"CREATE DATABASE {name}")
        yield _named(server, name)
        _on_server(server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def sqlite_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where each test's SQLite file is, one after the other: engines go by their address."""
    return tmp_path_factory.mktemp("sqlite") / "stride.db"


@pytest.fixture
def database_url(request: pytest.FixtureRequest, database_kind: str) -> str:
    """A migrated database without any row, on SQLite and on PostgreSQL."""
    if database_kind == "sqlite":
        path: Path = request.getfixturevalue("sqlite_file")
        # What an earlier test left open keeps the file that it had.
        for old in path.parent.iterdir():
            old.unlink()
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        return f"sqlite:///{path}"
    url = request.getfixturevalue("postgresql_migrated")
    _on_server(url, EMPTIED)
    return url


@pytest.fixture(params=["filesystem", "redis"])
def broker_url(request: pytest.FixtureRequest) -> str:
    """An empty broker: files below the test's data folder, and Redis."""
    if request.param == "filesystem":
        return "filesystem://"
    url = request.getfixturevalue("redis_server")
    with redis.Redis.from_url(url) as client:
        client.flushall()
    return url


def _migrate(url: str) -> None:
    engine = make_engine(url)
    migrate(engine)
    engine.dispose()


def _on_server(server: str, statement: str) -> None:
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(statement)


def _named(server: str, name: str) -> str:
    return server.rsplit("/", 1)[0] + f"/{name}"
