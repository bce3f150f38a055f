"""`stride up`: the whole platform from one command, without any server to install."""

from __future__ import annotations

import fcntl
import http.client
import os
import resource
import socket
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass

import click

from grader.contract import GRADE_CPU, GRADE_GPU, RESULTS, TIME_CPU
from grader.contract.gpus import gpu_count
from server.commands.installation import Failed, InputRefused, database, read_settings
from server.processes import Child, Supervisor
from server.settings import Settings

START_SECONDS = 60.0
EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - compared with, not bound to
# Most threads of a web process wait: for a commit that stores the answers of many students at once.
THREADS = 64
CONNECTIONS = 2000
OPEN_FILES = 8192
QUIET = ("--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "INFO")


@dataclass(frozen=True, slots=True)
class Address:
    """Where the pages are served."""

    host: str
    port: int

    @property
    def reached_at(self) -> str:
        """The host to connect to from here."""
        return EVERYWHERE.get(self.host, self.host)

    @property
    def url(self) -> str:
        """What to type into a browser."""
        host = f"[{self.reached_at}]" if ":" in self.reached_at else self.reached_at
        return f"http://{host}:{self.port}/"


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to serve on; 0.0.0.0 for all.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1, 64), help="Web processes.")
@click.option("--graders", default=os.cpu_count() or 1, type=click.IntRange(1, 256), help="How many grade at once.")
@click.option(
    "--timers",
    default=1,
    show_default=True,
    type=click.IntRange(1, os.cpu_count() or 1),
    help="How many are timed at once, each on a core of its own. More than one makes the figures less certain.",
)
def up(host: str, port: int, workers: int, graders: int, timers: int) -> None:
    """Run everything on this machine: pages, and the workers that record, grade and time. Ctrl-C ends it."""
    settings, address = read_settings(), Address(host, port)
    with supervised(settings, address, graders) as supervisor:
        with database(settings):
            say(f"starting; the logs are in {supervisor.logs}")
        serve(supervisor, address, workers)
        until_served(supervisor, address)
        if not supervisor.stopping:
            start_timers(supervisor, timers)
            say(f"Stride is at {address.url} (Ctrl-C ends it)")
        supervisor.wait(lambda: False)
        say("stopping")


@contextmanager
def supervised(settings: Settings, address: Address, graders: int) -> Iterator[Supervisor]:
    """A supervisor whose first child is the grader, which takes longest to be ready and needs no database.

    Everything that it starts is ended at the end. Raises InputRefused when the port or the data folder is taken.
    """
    check_port(address)
    with only_one(settings), Supervisor(settings.data / "logs", say) as supervisor:
        supervisor.start("grader", celery("grader.worker", GRADE_CPU, "--concurrency", str(graders)))
        yield supervisor


def serve(supervisor: Supervisor, address: Address, workers: int) -> None:
    """Start the pages and the worker that records; the database must be migrated."""
    allow_open_files()
    supervisor.start("worker", celery("server.worker", RESULTS))
    supervisor.start("web", gunicorn(address, workers))


def start_timers(supervisor: Supervisor, timers: int = 1) -> None:
    """Start the worker that times so many submissions at once, and for each GPU one that grades and times there.

    They come last: nobody waits for them, and what they import takes time from those that people wait for.
    """
    supervisor.start("timer", celery("grader.worker", TIME_CPU, "--concurrency", str(timers)))
    for number in range(gpu_count()):
        one = ["env", "STRIDE_DEVICE=cuda", "CUDA_DEVICE_ORDER=PCI_BUS_ID", f"CUDA_VISIBLE_DEVICES={number}"]
        supervisor.start(f"gpu-{number}", [*one, *celery("grader.worker", GRADE_GPU, "--concurrency", "1")])


def until_served(supervisor: Supervisor, address: Address) -> None:
    """Wait for the first page. Raises Failed with the log's end when the web process does not stay."""
    web = next(child for child in supervisor.children if child.name == "web")
    supervisor.wait(lambda: answers(address) or web.falls > 1, START_SECONDS)
    if not supervisor.stopping and not answers(address):
        raise failure(web, "The pages did not start.")


def failure(child: Child, message: str) -> Failed:
    """An error that shows the end of a process's log."""
    return Failed(f"{message} The end of {child.log}:\n{child.last_words()}")


def gunicorn(address: Address, workers: int) -> list[str]:
    """The web processes: forked when all is imported, with threads, so that one slow page does not stop the others."""
    host = f"[{address.host}]" if ":" in address.host else address.host
    options = ["--bind", f"{host}:{address.port}", "--workers", str(workers), "--threads", str(THREADS)]
    options += ["--worker-connections", str(CONNECTIONS)]
    return [sys.executable, "-m", "gunicorn", *options, "--preload", "--no-control-socket", "server.wsgi:app"]


def allow_open_files() -> None:
    """Let the processes that are started from now on hold a class's connections: each is an open file."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = OPEN_FILES if hard == resource.RLIM_INFINITY else min(OPEN_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def celery(module: str, queue: str, *options: str) -> list[str]:
    """A Celery worker on one queue."""
    name = f"{queue}-{os.getpid()}@%h"
    return [sys.executable, "-m", "celery", "-A", module, "worker", "-Q", queue, "-n", name, *QUIET, *options]


def answers(address: Address) -> bool:
    """Whether the web process answers and reaches its database."""
    with closing(http.client.HTTPConnection(address.reached_at, address.port, timeout=2)) as connection:
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status == http.client.OK
        except (OSError, http.client.HTTPException):
            return False


def check_port(address: Address) -> None:
    """Raise InputRefused when the port is taken, or the address is not this machine's."""
    try:
        family, kind, protocol, _, target = socket.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(target)
    except OSError as error:
        raise InputRefused(
            f"Cannot serve on {address.host} port {address.port}: {error.strerror}. "
            f"Another program may use the port; try --port {min(address.port + 1, 65535)}."
        ) from None


@contextmanager
def only_one(settings: Settings) -> Iterator[None]:
    """Hold the data folder's lock. Raises InputRefused when another `stride up` has it."""
    settings.data.mkdir(parents=True, exist_ok=True)
    with (settings.data / "running").open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise InputRefused(
                f"Stride runs on {settings.data} already. End that one first, or name another folder in STRIDE_DATA."
            ) from None
        yield


def say(line: str) -> None:
    """One line for whoever watches the terminal."""
    click.echo(line, err=True)
