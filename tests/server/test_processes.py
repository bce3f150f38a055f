from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from server import processes
from server.processes import Child, Supervisor

SLEEPS = [sys.executable, "-c", "import time; time.sleep(600)"]
PATIENCE = 30.0


def until(holds: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def is_alive(pid: int) -> bool:
    """Whether a process runs; one that is dead and not yet collected does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def supervisor(tmp_path: Path, said: list[str]) -> Iterator[Supervisor]:
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    with Supervisor(tmp_path / "logs", said.append) as supervisor:
        yield supervisor
    for number, handler in before.items():
        signal.signal(number, handler)


def test_what_a_child_writes_is_in_its_log(supervisor: Supervisor):
    child = supervisor.start("hello", [sys.executable, "-c", "import sys; print('out'); print('err', file=sys.stderr)"])
    child.process.wait()

    assert sorted(child.last_words().splitlines()) == ["err", "out"]


def test_a_child_that_is_killed_is_started_again(supervisor: Supervisor, said: list[str]):
    child = supervisor.start("sleeper", SLEEPS)
    first = child.process.pid
    os.kill(first, signal.SIGKILL)

    assert supervisor.wait(lambda: child.is_running and child.process.pid != first, PATIENCE)
    assert said[0] == f"sleeper was killed by SIGKILL; starting it again in 0.2 s. The end of {child.log}:"


def test_the_pause_grows_while_a_child_keeps_falling(supervisor: Supervisor, said: list[str], monkeypatch):
    monkeypatch.setattr(processes, "PAUSES", (0.01, 0.02, 0.03))
    supervisor.start("faller", [sys.executable, "-c", "print('no sandbox'); raise SystemExit(3)"])

    supervisor.wait(lambda: len(said) >= 8, PATIENCE)

    falls, last_words = said[0:8:2], said[1:8:2]
    assert [line.split(";")[0] for line in falls] == ["faller ended with code 3"] * 4
    assert [line.split(" s. ")[0].rpartition(" ")[2] for line in falls] == ["0.01", "0.02", "0.03", "0.03"]
    assert last_words == ["no sandbox"] * 4


def test_what_a_dead_child_had_started_ends_with_it(supervisor: Supervisor, tmp_path: Path):
    note = tmp_path / "pid"
    code = (
        "import os, subprocess, sys, time\n"
        f"child = subprocess.Popen({SLEEPS!r})\n"
        f"open({str(note)!r} + '.draft', 'w').write(str(child.pid))\n"
        f"os.rename({str(note)!r} + '.draft', {str(note)!r})\n"
        "time.sleep(600)\n"
    )
    child = supervisor.start("parent", [sys.executable, "-c", code])
    until(note.exists)
    grandchild = int(note.read_text())

    os.kill(child.process.pid, signal.SIGKILL)
    supervisor.wait(lambda: child.falls, PATIENCE)

    until(lambda: not is_alive(grandchild))


def test_stopping_ends_every_child_and_its_children(supervisor: Supervisor):
    children = [supervisor.start(name, SLEEPS) for name in ("one", "two")]
    supervisor.stop()

    assert not any(child.is_running for child in children)


def test_a_child_that_does_not_listen_is_ended_for_good(supervisor: Supervisor, monkeypatch, tmp_path: Path):
    monkeypatch.setattr(processes, "STOP_SECONDS", 0.2)
    deaf = (
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(600)"
    )
    child = supervisor.start("deaf", [sys.executable, "-c", deaf])
    until(lambda: "deaf" in child.last_words())

    supervisor.stop()

    assert child.process.returncode == -signal.SIGKILL


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_the_waiting(supervisor: Supervisor, number: signal.Signals):
    child = supervisor.start("sleeper", SLEEPS)
    os.kill(os.getpid(), number)

    assert not supervisor.wait(lambda: False, PATIENCE)
    assert child.is_running, "children are ended on the way out, not by the signal"


def test_children_end_with_a_supervisor_that_is_killed(tmp_path: Path, need: Callable[[str], str]):
    need("setpriv")
    awake = "import signal; print('awake', flush=True); signal.pause()"
    code = (
        "import sys, pathlib\n"
        "from server.processes import Supervisor\n"
        f"with Supervisor(pathlib.Path({str(tmp_path)!r}), print) as supervisor:\n"
        f"    child = supervisor.start('sleeper', {[sys.executable, '-c', awake]!r})\n"
        "    supervisor.wait(lambda: 'awake' in child.last_words())\n"
        "    print(child.process.pid, flush=True)\n"
        "    supervisor.wait(lambda: False)\n"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as process:
        child = int(process.stdout.readline())
        assert is_alive(child)
        process.kill()

    until(lambda: not is_alive(child))


def test_a_log_that_grew_large_is_put_aside(supervisor: Supervisor, monkeypatch):
    monkeypatch.setattr(processes, "LARGEST_LOG", 10)
    supervisor.logs.mkdir()
    (supervisor.logs / "sleeper.log").write_text("x" * 11)

    child = supervisor.start("sleeper", SLEEPS)

    assert child.last_words() == ""
    assert (supervisor.logs / "sleeper.log.old").read_text() == "x" * 11


def test_a_child_without_a_log_has_no_last_words(tmp_path: Path):
    assert Child("never", [], tmp_path / "never.log").last_words() == ""
