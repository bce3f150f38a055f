"""PostgreSQL and Redis of one's own, for measurements: on free ports, in a temporary folder, gone at the end.

Their settings are those of docker-compose.yml: what is committed or queued is on the disk.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click
import psycopg
import redis

START_SECONDS = 30.0


class NotStarted(click.ClickException):
    """A server does not start; the message says why."""

    exit_code = 3


@contextmanager
def postgresql(folder: Path) -> Iterator[tuple[str, int]]:
    """A PostgreSQL with an empty database; its address and the number of its first process. Raises NotStarted."""
    installed = [str(path) for path in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)]
    initdb, postgres = _program("initdb", *installed), _program("postgres", *installed)
    # It refuses to run as root.
    user = ["--reuid", "postgres", "--regid", "postgres", "--clear-groups"] if os.geteuid() == 0 else []
    root = folder / "postgresql"
    root.mkdir()
    if user:
        shutil.chown(root, "postgres")
        folder.chmod(0o711)
    data, port = root / "data", free_port()
    create = ["setpriv", *user, initdb, "-D", str(data), "-U", "stride", "--auth=trust", "--encoding=UTF8"]
    subprocess.run(create, check=True, capture_output=True)
    options = [f"port={port}", "listen_addresses=127.0.0.1", f"unix_socket_directories={root}"]
    command = [postgres, "-D", str(data), *(part for option in options for part in ("-c", option))]
    url = f"postgresql://stride@127.0.0.1:{port}/postgres"
    ask = psycopg.connect
    with _running([*user, *command], folder / "postgresql.log", lambda: ask(url).close(), signal.SIGINT) as number:
        yield url, number


@contextmanager
def redis_server(folder: Path) -> Iterator[tuple[str, int]]:
    """A Redis; its address and the number of its process. Raises NotStarted."""
    root, port = folder / "redis", free_port()
    root.mkdir()
    options = ["--port", str(port), "--bind", "127.0.0.1", "--dir", str(root), "--save", "", "--appendonly", "yes"]
    command = [_program("redis-server"), *options]
    with redis.Redis(port=port) as client, _running(command, folder / "redis.log", client.ping, signal.SIGTERM) as pid:
        yield f"redis://127.0.0.1:{port}/0", pid


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def _running(command: list[str], log: Path, ask: Callable[[], object], end: signal.Signals) -> Iterator[int]:
    """A process that ends with us, even by kill -9. `command` may begin with options of setpriv."""
    tied = ["setpriv", "--pdeathsig", end.name.removeprefix("SIG"), *command]
    with log.open("w") as out:
        process = subprocess.Popen(tied, stdout=out, stderr=out, start_new_session=True)
    try:
        _until_it_answers(process, ask, log)
        yield process.pid
    finally:
        process.send_signal(end)
        process.wait()


def _until_it_answers(process: subprocess.Popen[bytes], ask: Callable[[], object], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            ask()
        except (psycopg.OperationalError, redis.ConnectionError):
            time.sleep(0.05)
        else:
            return
    raise NotStarted(f"{process.args[-1]!r} did not start:\n{log.read_text()[-2000:]}")  # type: ignore[index]


def _program(name: str, *folders: str) -> str:
    path = shutil.which(name, path=os.pathsep.join([*folders, os.environ.get("PATH", "")]))
    if path is None:
        raise NotStarted(f"{name} is not installed: make setup installs what the tests and measurements need.")
    return path
