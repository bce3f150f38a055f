"""Time the way to the first line of a student's code: a warm fork, a cold sandbox, a bare fork, a container.

python -m scripts.bench_sandbox [--rounds N] [--json]: in each round every way is taken with both profiles, so that what
else this machine does falls on all of them. CLOCK_MONOTONIC is the same on both sides of every wall but a virtual
machine's: the submission itself says when its first line ran.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import click
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from grader.contract import Limits
from grader.sandbox.bubblewrap import Bubblewrap
from grader.sandbox.errors import SandboxUnavailable
from grader.sandbox.process import Sandbox
from grader.sandbox.profiles import PROFILES
from grader.sandbox.wire import Packer

ROOT = Path(__file__).parent.parent
IMAGE = "stride:local"
LOAD_SECONDS = 120.0
WARM_UP = 3
SUBMISSION = {
    "op": "load",
    "name": "first.py",
    "files": {"first.py": "import time; FIRST = time.monotonic()\n\n\ndef first():\n    return FIRST\n"},
    "entries": ["first"],
}
CALL = {"op": "call", "entry": "first", "args": [], "kwargs": {}, "returns": ["value"]}
FORK, COLD, WARM, CONTAINER = "bare fork", "cold", "warm", "container"
REPEATS = {FORK: 5, COLD: 1, WARM: 5, CONTAINER: 1}
"""How often each way is taken in a round."""

ROWS = {
    FORK: "a bare fork of a process with the same imports, to the first line",
    WARM: "warm sandbox, to the first line",
    "warm, loaded": "warm sandbox, to the judge's hearing that the file is loaded",
    "warm, life": "warm sandbox: start, load, one small call, close",
    COLD: "cold sandbox: bubblewrap, imports, fork, to the first line",
    CONTAINER: "a container for it alone, imports, to the first line",
}
STAGES = {
    "order": "the judge makes a channel, sets control groups, and orders",
    "minder": "fork of the warm process",
    "namespaces": "user, pid and ipc namespaces",
    "submission": "second fork",
    "mounts": "mount namespace, /tmp, /proc, descriptors",
    "walls": "Landlock, limits, capabilities, seccomp",
    "started": "the judge hears of it",
    "first": "request, reading and compiling the file, its first line",
}
"""Where a warm start's time goes: each stage ends with the stamp that names it."""

Samples = dict[str, list[float]]


@dataclass(slots=True)
class Figures:
    """Milliseconds of each way and of each stage of a warm start, by profile. `notes` says what is missing."""

    rounds: int
    ways: dict[str, Samples] = field(default_factory=lambda: {name: defaultdict(list) for name in PROFILES})
    stages: dict[str, Samples] = field(default_factory=lambda: {name: defaultdict(list) for name in PROFILES})
    notes: list[str] = field(default_factory=list)

    def ratio(self, profile: str, way: str, to: str) -> float | None:
        """How many times as long the median of one way takes as another's."""
        ways = self.ways[profile]
        return statistics.median(ways[way]) / statistics.median(ways[to]) if way in ways and to in ways else None

    def to_dict(self) -> dict[str, Any]:
        """As JSON has it."""
        ratios = {
            profile: {f"{way} / {WARM}": self.ratio(profile, way, WARM) for way in (COLD, CONTAINER, FORK)}
            for profile in PROFILES
        }
        return {
            "machine": {"cores": os.cpu_count(), "kernel": platform.release(), "python": platform.python_version()},
            "load": os.getloadavg()[0],
            "rounds": self.rounds,
            "milliseconds": {profile: _summaries(self.ways[profile]) for profile in PROFILES},
            "stages": {profile: _summaries(self.stages[profile]) for profile in PROFILES},
            "ratios": ratios,
            "notes": self.notes,
        }


def _summaries(samples: Samples) -> dict[str, dict[str, float]]:
    return {name: summary(values) for name, values in samples.items()}


def summary(values: list[float]) -> dict[str, float]:
    """Median, quartiles and number of what was measured."""
    lower, median, upper = statistics.quantiles(values, n=4) if len(values) > 1 else values * 3
    return {"median": median, "lower quartile": lower, "upper quartile": upper, "count": len(values)}


def forking(profile: str, orders: IO[str], answers: IO[str]) -> None:
    """For each line of `orders`: fork, and answer with the milliseconds to the child's first line."""
    for package in PROFILES[profile]:
        importlib.import_module(package)
    if profile == "torch":
        sys.modules["torch"].set_num_threads(1)
    gc.collect()
    gc.freeze()
    print_line(answers, "ready")
    for _ in orders:
        readable, writable = os.pipe()
        began = time.monotonic()
        if os.fork() == 0:
            os.write(writable, str(time.monotonic()).encode())
            os._exit(0)
        first = float(os.read(readable, 64))
        os.wait()
        os.close(readable)
        os.close(writable)
        print_line(answers, str((first - began) * 1000))


def print_line(stream: IO[str], text: str) -> None:
    """Write a line at once."""
    stream.write(text + "\n")
    stream.flush()


class Forker:
    """A process outside any sandbox, with a profile's imports, that forks when it is asked to."""

    def __init__(self, profile: str) -> None:
        command = [sys.executable, "-m", "scripts.bench_sandbox", "--fork", profile]
        environment = os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
        self.process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self._line()

    def fork(self) -> float:
        """Milliseconds from the fork to the child's first line."""
        assert self.process.stdin is not None
        print_line(self.process.stdin, "fork")
        return float(self._line())

    def _line(self) -> str:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise click.ClickException("the process of the bare fork ended")
        return line

    def close(self) -> None:
        """End it."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()


def load(sandbox: Sandbox) -> float:
    """Load the submission; the moment when the judge knows. Raises StudentFault."""
    sandbox.ask(SUBMISSION, Packer(), LOAD_SECONDS)
    return time.monotonic()


def take_sandbox(launcher: Bubblewrap, profile: str) -> tuple[Samples, Samples]:
    """One sandbox from start to close: milliseconds of its steps, and of the stages of its start."""
    began = time.monotonic()
    sandbox = launcher.start(profile, Limits())
    try:
        loaded = load(sandbox)
        first = float(sandbox.ask(CALL, Packer(), LOAD_SECONDS).value)
    finally:
        sandbox.close()
    ended = time.monotonic()
    steps = {WARM: [(first - began) * 1000], "warm, loaded": [(loaded - began) * 1000]}
    return steps | {"warm, life": [(ended - began) * 1000]}, stages_of(began, sandbox.stamps | {"first": first})


def stages_of(began: float, stamps: dict[str, float]) -> Samples:
    """Milliseconds of each stage, from the moments at which they ended."""
    moments = [began, *(stamps[name] for name in STAGES)]
    return {name: [(moments[at + 1] - moments[at]) * 1000] for at, name in enumerate(STAGES)}


def take_cold(profile: str) -> float:
    """Milliseconds to the first line in the first sandbox of a launcher that has started nothing yet."""
    with Bubblewrap() as launcher:
        began = time.monotonic()
        sandbox = launcher.start(profile, Limits())
        try:
            load(sandbox)
            return (float(sandbox.ask(CALL, Packer(), LOAD_SECONDS).value) - began) * 1000
        finally:
            sandbox.close()


def take_container(profile: str) -> float:
    """Milliseconds to the first line in a container of its own."""
    code = f"import {', '.join(PROFILES[profile])}, time; print(time.monotonic())"
    command = ["docker", "run", "--rm", "--network", "none", "--entrypoint", ".venv/bin/python", IMAGE, "-c", code]
    began = time.monotonic()
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise click.ClickException(f"docker run failed: {done.stderr.strip()[-300:]}")
    return (float(done.stdout) - began) * 1000


def missing_container() -> str:
    """Why no container can be measured, or nothing."""
    docker = shutil.which("docker")
    if docker is None:
        return "no container was measured: there is no docker here"
    if subprocess.run([docker, "version"], capture_output=True, check=False).returncode:
        return "no container was measured: the Docker Engine does not answer (scripts/docker-engine starts one)"
    if subprocess.run([docker, "image", "inspect", IMAGE], capture_output=True, check=False).returncode:
        return f"no container was measured: there is no image {IMAGE} (docker compose build makes it)"
    return ""


def measure(rounds: int, progress: Progress) -> Figures:
    """Take every way in every round. Raises SandboxUnavailable."""
    figures = Figures(rounds)
    without_container = missing_container()
    if without_container:
        figures.notes.append(without_container)
    task = progress.add_task("rounds", total=rounds)
    with warmed() as (launcher, forkers):
        for _ in range(rounds):
            for profile in PROFILES:
                _one_round(figures, launcher, profile, forkers[profile])
                if not without_container:
                    figures.ways[profile][CONTAINER].append(take_container(profile))
            progress.advance(task)
    return figures


@contextmanager
def warmed() -> Iterator[tuple[Bubblewrap, dict[str, Forker]]]:
    """What stays between the rounds, after its first uses, which read files and fill caches."""
    with ExitStack() as stack:
        launcher = stack.enter_context(Bubblewrap())
        forkers = {profile: Forker(profile) for profile in PROFILES}
        for profile, forker in forkers.items():
            stack.callback(forker.close)
            for _ in range(WARM_UP):
                forker.fork()
                take_sandbox(launcher, profile)
            take_cold(profile)
        yield launcher, forkers


def _one_round(figures: Figures, launcher: Bubblewrap, profile: str, forker: Forker) -> None:
    ways = figures.ways[profile]
    ways[FORK] += [forker.fork() for _ in range(REPEATS[FORK])]
    for _ in range(REPEATS[WARM]):
        steps, stages = take_sandbox(launcher, profile)
        for into, found in ((ways, steps), (figures.stages[profile], stages)):
            for name, values in found.items():
                into[name] += values
    ways[COLD] += [take_cold(profile) for _ in range(REPEATS[COLD])]


def show(figures: Figures, console: Console) -> None:
    """Tables: every way, the ratios, the stages."""
    console.print(f"{figures.rounds} rounds, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; milliseconds")
    console.print(_table("from the request to …", ROWS, figures.ways))
    for profile in PROFILES:
        for way in (COLD, CONTAINER):
            ratio = figures.ratio(profile, way, WARM)
            if ratio is not None:
                console.print(f"{way} / warm, {profile}: {ratio:.0f} times")
    console.print(_table("of a warm start", STAGES, figures.stages))
    for note in figures.notes:
        console.print(note)
    console.print("Submissions per second, the whole way from the page to the score: python -m scripts.bench_burst")


def _table(title: str, rows: dict[str, str], samples: dict[str, Samples]) -> Table:
    table = Table(title)
    for profile in PROFILES:
        table.add_column(profile, justify="right")
        table.add_column("quartiles", justify="right")
    for name, text in rows.items():
        if all(name in samples[profile] for profile in PROFILES):
            cells = [cell for profile in PROFILES for cell in _cells(samples[profile][name])]
            table.add_row(text, *cells)
    return table


def _cells(values: list[float]) -> tuple[str, str]:
    figures = summary(values)
    return f"{figures['median']:,.1f}", f"{figures['lower quartile']:,.1f} – {figures['upper quartile']:,.1f}"


@click.command()
@click.option("--rounds", default=15, show_default=True, type=click.IntRange(1, 1000))
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
@click.option("--fork", "fork_profile", type=click.Choice(list(PROFILES)), hidden=True)
def main(rounds: int, as_json: bool, fork_profile: str | None) -> None:
    """Time the ways to the first line of a student's code, in ROUNDS rounds."""
    if fork_profile:
        forking(fork_profile, sys.stdin, sys.stdout)
        return
    try:
        with Progress(console=Console(stderr=True), transient=True) as progress:
            figures = measure(rounds, progress)
    except SandboxUnavailable as error:
        raise click.ClickException(str(error)) from None
    if as_json:
        click.echo(json.dumps(figures.to_dict(), indent=2))
    else:
        show(figures, Console(width=None if sys.stdout.isatty() else 140))


if __name__ == "__main__":
    main()
