"""One supervisor for the processes of an installation: starts them, starts them again, and leaves none behind."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

POLL_SECONDS = 0.1
PAUSES = (0.2, 1.0, 3.0, 10.0, 30.0)
STEADY_SECONDS = 60.0
STOP_SECONDS = 15.0
LONGEST_LINE = 500
LARGEST_LOG = 10 * 1024 * 1024


@dataclass(slots=True)
class Child:
    """One process, its log, and how often it ended since it last ran steadily."""

    name: str
    command: Sequence[str]
    log: Path
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    falls: int = 0
    again_at: float = field(default=0.0)

    @property
    def is_running(self) -> bool:
        """Whether the process is there."""
        return self.process is not None and self.process.poll() is None

    def start(self) -> None:
        """Start the process in a group of its own, so that a Ctrl-C in the terminal reaches the supervisor alone."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*_dying_with_us(), *self.command],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.started = time.monotonic()

    def signal_group(self, number: signal.Signals) -> None:
        """Signal the process and what it started."""
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, number)

    def last_words(self, lines: int = 12) -> str:
        """The end of its log."""
        if not self.log.exists():
            return ""
        return "\n".join(self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])


class Supervisor:
    """Keeps its children running until it is told to stop. `say` gets one short line about whatever happens."""

    def __init__(self, logs: Path, say: Callable[[str], None]) -> None:
        self.logs = logs
        self.say = say
        self.children: list[Child] = []
        self.stopping = False

    def __enter__(self) -> Supervisor:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._asked_to_stop)
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self, name: str, command: Sequence[str]) -> Child:
        """Start a process and keep it running from now on; its output goes to `logs`/`name`.log."""
        child = Child(name, command, self.logs / f"{name}.log")
        _keep_small(child.log)
        self.children.append(child)
        child.start()
        return child

    def tend(self) -> None:
        """Look after the children once: one that ended is started again, after a pause that grows."""
        for child in self.children:
            if child.is_running or self.stopping:
                continue
            now = time.monotonic()
            if child.process is not None:
                self._fell(child, now)
            elif now >= child.again_at:
                child.start()

    def wait(self, until: Callable[[], bool], seconds: float | None = None) -> bool:
        """Tend the children until something holds, or the time is over, or we are asked to stop. Whether it holds."""
        deadline = None if seconds is None else time.monotonic() + seconds
        while not self.stopping and (deadline is None or time.monotonic() < deadline):
            if until():
                return True
            self.tend()
            time.sleep(POLL_SECONDS)
        return not self.stopping and until()

    def stop(self) -> None:
        """End every child: first politely, and after a while for good, with all that they started."""
        self.stopping = True
        for child in self.children:
            if child.is_running:
                child.process.terminate()
        deadline = time.monotonic() + STOP_SECONDS
        while any(child.is_running for child in self.children) and time.monotonic() < deadline:
            time.sleep(POLL_SECONDS / 2)
        for child in self.children:
            child.signal_group(signal.SIGKILL)
            if child.process is not None:
                child.process.wait()

    def _fell(self, child: Child, now: float) -> None:
        code = child.process.returncode
        child.signal_group(signal.SIGKILL)
        child.process = None
        child.falls = 0 if now - child.started > STEADY_SECONDS else child.falls
        pause = PAUSES[min(child.falls, len(PAUSES) - 1)]
        child.falls += 1
        child.again_at = now + pause
        ended = f"was killed by {signal.Signals(-code).name}" if code < 0 else f"ended with code {code}"
        self.say(f"{child.name} {ended}; starting it again in {pause:g} s. The end of {child.log}:")
        self.say(child.last_words(1)[:LONGEST_LINE])

    def _asked_to_stop(self, _number: int, _frame: FrameType | None) -> None:
        self.stopping = True


def _dying_with_us() -> list[str]:
    """What makes the kernel end a child when the supervisor is gone, even by kill -9; Linux alone can do that."""
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", "TERM", "--"] if setpriv else []


def _keep_small(log: Path) -> None:
    if log.exists() and log.stat().st_size > LARGEST_LOG:
        log.replace(log.with_suffix(".log.old"))
