"""Fuzz the judge's reader of frames, and show what the worst headers cost it.

python -m scripts.fuzz_wire [--seconds N] [--worst] [--json]: frames from the tests' generators, and streams of bytes,
guided by coverage where atheris is installed (`pip install atheris`: it has wheels for some Pythons on x86-64 Linux
alone), else drawn at random by Hypothesis. Ends with 1 where an exception came through that is not the wire's own.
"""

from __future__ import annotations

import importlib
import importlib.util
import json
import re
import socket
import subprocess
import sys
import tempfile
import threading
import time
import tracemalloc
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).parent.parent
TARGETS = {"frames": "frames with a hostile header", "bytes": "streams of bytes, from true frames on"}
LONGEST = 60_000
READING_SECONDS = 120.0
MIB = 2**20


@dataclass(frozen=True, slots=True)
class Cost:
    """What one of the worst headers costs the judge: its size, and the most memory and the time to read it."""

    name: str
    header_mib: float
    peak_mib: float
    seconds: float
    outcome: str


@dataclass(frozen=True, slots=True)
class Run:
    """One run of the fuzzer. `finding` is the end of what it said where an exception came through."""

    target: str
    tool: str
    executions: int
    seconds: float
    finding: str


def try_stream(data: bytes) -> None:
    """Read a stream; raises AssertionError where what was read may not come through, and whatever the reader raises."""
    hostile = importlib.import_module("scripts.hostile_frames")
    wire = importlib.import_module("grader.sandbox.wire")
    try:
        reply = hostile.receive(data)
    except (wire.ProtocolError, wire.ChannelClosed):
        return
    assert not (flaw := hostile.flaw_of_reply(reply)), flaw


def target_for(name: str) -> Callable[[bytes], Any]:
    """A function of bytes for atheris. Hypothesis turns bytes into a frame, so that coverage guides its choices."""
    if name == "bytes":
        return lambda data: try_stream(data[:LONGEST])
    from hypothesis import given, settings

    hostile = importlib.import_module("scripts.hostile_frames")
    test = settings(database=None, deadline=None)(given(hostile.streams())(try_stream))
    return test.hypothesis.fuzz_one_input  # type: ignore[no-any-return]


def write_seeds(folder: Path) -> None:
    """True frames, to start mutations from."""
    hostile = importlib.import_module("scripts.hostile_frames")
    for number, data in enumerate(hostile.true_frames()):
        (folder / f"{number}").write_bytes(data)


def run_atheris(name: str, seconds: int, corpus: str) -> None:
    """Fuzz in this process, which libFuzzer ends."""
    import atheris

    with atheris.instrument_imports(include=["grader.sandbox"]):
        importlib.import_module("scripts.hostile_frames")
    arguments = [
        sys.argv[0],
        corpus,
        f"-max_total_time={seconds}",
        "-print_final_stats=1",
        "-timeout=30",
        "-len_control=0",
    ]
    atheris.Setup([*arguments, f"-artifact_prefix={corpus}/found-", f"-max_len={LONGEST}"], target_for(name))
    atheris.Fuzz()


def fuzz_with_atheris(name: str, seconds: int) -> Run:
    """Fuzz in a process of its own."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="stride-fuzz-") as corpus:
        if name == "bytes":
            write_seeds(Path(corpus))
        command = [sys.executable, "-m", "scripts.fuzz_wire", "--target", name, "--corpus", corpus]
        command += ["--seconds", str(seconds)]
        outcome = subprocess.run(command, check=False, cwd=ROOT, capture_output=True, text=True, errors="replace")
    counted = re.search(r"stat::number_of_executed_units:\s*(\d+)", outcome.stderr)
    finding = _finding(outcome.stdout, outcome.stderr) if outcome.returncode else ""
    return Run(name, "atheris", int(counted.group(1)) if counted else 0, time.monotonic() - began, finding)


def _finding(exception: str, said: str) -> str:
    """The exception, which atheris prints, or the end of what libFuzzer says, and the input."""
    data = re.search(r"Base64: .*", said)
    return f"{exception.strip()[-4000:] or said[-4000:]}\n{data.group() if data else ''}".strip()


def fuzz_with_hypothesis(seconds: int) -> Run:
    """Draw frames in this process, with another seed for every thousand."""
    from hypothesis import HealthCheck, Phase, given, seed, settings

    hostile = importlib.import_module("scripts.hostile_frames")
    began, count = time.monotonic(), 0

    def test(data: bytes) -> None:
        nonlocal count
        count += 1
        try_stream(data)

    finding = ""
    quick = settings(
        max_examples=1000,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    while not finding and time.monotonic() - began < seconds:
        try:
            seed(count)(quick(given(hostile.streams())(test)))()
        except Exception as error:  # noqa: BLE001 - whatever comes through is a finding
            finding = f"{type(error).__name__}: {error}\n{''.join(getattr(error, '__notes__', []))}"
    return Run("frames", "Hypothesis", count, time.monotonic() - began, finding)


def costs() -> list[Cost]:
    """What each of the worst headers costs, time and memory in runs of their own: counting memory takes time."""
    hostile = importlib.import_module("scripts.hostile_frames")
    found = []
    for name in hostile.WORST:
        data = hostile.worst_frame(name)
        seconds, outcome = _timed(data)
        found.append(Cost(name, len(data) / MIB, peak_memory(data) / MIB, seconds, outcome))
    return found


def _timed(data: bytes) -> tuple[float, str]:
    began = time.monotonic()
    outcome = read_long(data)
    return time.monotonic() - began, outcome


def peak_memory(data: bytes) -> int:
    """The most bytes that Python and NumPy held at a time to read a stream, beyond the stream itself."""
    tracemalloc.start()
    try:
        read_long(data)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def read_long(data: bytes) -> str:
    """Read a stream that a thread writes; what came of it."""
    hostile = importlib.import_module("scripts.hostile_frames")
    wire = importlib.import_module("grader.sandbox.wire")
    ours, theirs = socket.socketpair()
    writer = threading.Thread(target=_write, args=(theirs, data))
    writer.start()
    try:
        hostile.read(wire.receive_frame(ours, time.monotonic() + READING_SECONDS, hostile.BODY_LIMIT))
    except wire.ProtocolError as error:
        return str(error)
    except wire.ChannelClosed:
        return "the channel ends before the frame"
    finally:
        ours.close()
        writer.join()
    return "read"


def _write(channel: socket.socket, data: bytes) -> None:
    with channel:
        try:
            channel.sendall(data)
        except (BrokenPipeError, ConnectionResetError):
            return


def show_costs(found: list[Cost]) -> None:
    """A table, the dearest first."""
    table = Table("value of the reply", "header MiB", "peak MiB", "seconds", "outcome")
    for cost in sorted(found, key=lambda cost: -cost.seconds):
        figures = f"{cost.header_mib:.1f}", f"{cost.peak_mib:.0f}", f"{cost.seconds:.2f}"
        table.add_row(cost.name, *figures, cost.outcome)
    Console(width=150 if not sys.stdout.isatty() else None).print(table)


@click.command()
@click.option("--seconds", default=60, show_default=True, type=click.IntRange(1), help="For each kind of input.")
@click.option("--worst", is_flag=True, help="Measure the costliest headers instead.")
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
@click.option("--target", type=click.Choice(list(TARGETS)), hidden=True)
@click.option("--corpus", hidden=True)
def main(seconds: int, worst: bool, as_json: bool, target: str | None, corpus: str | None) -> None:
    """Fuzz the judge's reader of frames."""
    if target and corpus:
        run_atheris(target, seconds, corpus)
    if worst:
        found = costs()
        click.echo(json.dumps([asdict(cost) for cost in found], indent=2)) if as_json else show_costs(found)
        return
    if importlib.util.find_spec("atheris"):
        runs = [fuzz_with_atheris(name, seconds) for name in TARGETS]
    else:
        click.echo("atheris is not installed (pip install atheris): inputs are drawn without its coverage.", err=True)
        runs = [fuzz_with_hypothesis(seconds)]
    _report(runs, as_json)


def _report(runs: list[Run], as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps([asdict(run) for run in runs], indent=2))
    for run in runs:
        found = f"found:\n{run.finding}" if run.finding else "nothing found"
        text = f"{TARGETS[run.target]}: {run.executions:,} in {run.seconds:.0f} s with {run.tool}, {found}"
        click.echo(text, err=as_json)
    if any(run.finding for run in runs):
        sys.exit(1)


if __name__ == "__main__":
    main()
