"""The judge's hold on a warm process: starts it behind the wall, orders sandboxes from it, replaces it.

What happens on the other side is told in `grader.sandbox.inside.warm`.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import select
import signal
import socket
import struct
import subprocess
import tempfile
import time
from collections.abc import Iterator
from typing import Any
from weakref import WeakSet

from grader.contract import Limits
from grader.sandbox.cgroups import Cgroups
from grader.sandbox.errors import SandboxFailure, SandboxUnavailable
from grader.sandbox.process import FAREWELL_SECONDS, Ended, Sandbox

IMPORT_SECONDS = 120.0
ORDER_SECONDS = 20.0
MAX_MESSAGE = 4096
GIVEN_CORES = os.sched_getaffinity(0)
"""What this process may run on. A timing keeps its thread to one core, which a new warm process must not inherit."""

CREDENTIALS = struct.Struct("3i")
"""The sender's process, user and group, in the receiver's namespaces (unix(7), SCM_CREDENTIALS)."""


class WarmProcess:
    """One warm process behind its wall. It is harmed once a sandbox did not start or did not end as it should."""

    def __init__(self, command: list[str], control_number: str, profile: str, cgroups: Cgroups | None) -> None:
        """Start it, without waiting for its imports. `control_number` in the command stands for the descriptor."""
        self.profile = profile
        self.served = 0
        self.is_harmed = False
        self.is_ready = False
        self.lives: WeakSet[ForkLife] = WeakSet()
        self.about: dict[str, int] = {}
        self.group = cgroups.make() if cgroups else None
        self.errors = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the process
        self.control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        command = [str(theirs.fileno()) if part == control_number else part for part in command]
        try:
            with on_cores(GIVEN_CORES):
                self.process = subprocess.Popen(
                    [*(self.group.joining() if self.group else ()), *command],
                    stdin=subprocess.DEVNULL,
                    stdout=self.errors,
                    stderr=self.errors,
                    pass_fds=[theirs.fileno()],
                    env={},
                )
        except OSError as error:
            self.control.close()
            raise SandboxUnavailable(f"the sandbox cannot be started: {error}") from error
        finally:
            theirs.close()

    @property
    def is_idle(self) -> bool:
        """Whether every sandbox that it has forked has ended."""
        return all(life.ended is not None for life in self.lives)

    def poll_ready(self) -> bool:
        """Whether its imports are done, without waiting."""
        return self.is_ready or bool(select.select([self.control], [], [], 0)[0])

    def wait_ready(self) -> None:
        """Wait until its imports are done. Raises SandboxFailure with what it printed instead."""
        if self.is_ready:
            return
        self.control.settimeout(IMPORT_SECONDS)
        try:
            told = self.control.recv(MAX_MESSAGE)
        except TimeoutError:
            told = b""
        self.is_ready = bool(told)
        if told:
            self.about = json.loads(told)
        else:
            printed = self.printed()
            self.close()
            raise SandboxFailure(printed or "the warm process did not start")

    def printed(self) -> str:
        """What it and bubblewrap have printed: nothing, unless something is wrong."""
        self.errors.seek(0)
        return self.errors.read(2000).decode("utf-8", "replace")

    def start(self, limits: Limits, core: int | None = None) -> Sandbox:
        """A sandbox: a fork of this process behind walls of its own, on one core where it is named.

        Raises SandboxFailure.
        """
        self.wait_ready()
        self.served += 1
        stamps = {"asked": time.monotonic()}
        if self.group is not None:
            self.group.bound(limits, others=sum(life.ended is None for life in self.lives))
        channel, their_channel = socket.socketpair()
        channel.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        monitor, their_monitor = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        readable, writable = os.pipe()
        try:
            order = json.dumps(dataclasses.asdict(limits) | {"core": core}).encode()
            numbers = [their_channel.fileno(), writable, their_monitor.fileno()]
            self.control.settimeout(ORDER_SECONDS)
            socket.send_fds(self.control, [order], numbers)
            for end in (their_channel, their_monitor):
                end.close()
            told, pid = _hear(channel)
        except OSError as error:
            self.is_harmed = True
            for end in (channel, monitor, their_channel, their_monitor):
                end.close()
            os.close(readable)
            raise SandboxFailure(f"a sandbox could not be forked: {error} {self.printed()}".strip()) from error
        finally:
            os.close(writable)
        life = ForkLife(monitor, self)
        self.lives.add(life)
        sandbox = Sandbox(life, channel, os.fdopen(readable, "rb"), limits, has_torch=self.profile == "torch")
        sandbox.stamps = stamps | told | {"started": time.monotonic()}
        sandbox.pid = pid
        return sandbox

    def close(self) -> None:
        """End it, and every sandbox that it has forked."""
        self.control.close()
        if self.process.poll() is None:
            self.process.kill()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(FAREWELL_SECONDS)
        self.errors.close()
        if self.group is not None:
            self.group.remove()


@contextlib.contextmanager
def on_cores(cores: set[int]) -> Iterator[None]:
    """Have the calling thread run on these cores meanwhile, and what it starts for good."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def _hear(channel: socket.socket) -> tuple[dict[str, float], int]:
    """The time stamps that a new submission's process sends when its walls stand, and its number on this side of them.

    No student's code has run yet. Raises OSError where a wall does not stand.
    """
    channel.settimeout(ORDER_SECONDS)
    data, ancillary, _, _ = channel.recvmsg(MAX_MESSAGE, socket.CMSG_SPACE(CREDENTIALS.size))
    channel.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 0)
    if not data:
        raise OSError("it ended before it began")
    told: dict[str, Any] = json.loads(data)
    if "failed" in told:
        raise OSError(told["failed"])
    stamps: dict[str, float] = told["stamps"]
    pids = [CREDENTIALS.unpack(content)[0] for _, kind, content in ancillary if kind == socket.SCM_CREDENTIALS]
    return stamps, pids[0] if pids else 0


class ForkLife:
    """The life of a submission that a minder watches: asked to end over the monitor, told there how it ended."""

    def __init__(self, monitor: socket.socket, parent: WarmProcess) -> None:
        self.monitor = monitor
        self.parent = parent
        self.ended: Ended | None = None

    def kill(self) -> None:
        """Ask the minder, which kills process 1 of the pid namespace, and with it every other."""
        if self.ended is not None:
            return
        with contextlib.suppress(OSError):
            self.monitor.shutdown(socket.SHUT_WR)

    def wait(self, seconds: float) -> Ended | None:
        """The minder's report. A minder that is gone without one has harmed the warm process."""
        if self.ended is not None:
            return self.ended
        self.monitor.settimeout(seconds)
        try:
            data = self.monitor.recv(MAX_MESSAGE)
        except TimeoutError:
            self.parent.is_harmed = True
            return None
        except OSError:
            data = b""
        self.ended = self._read(data)
        self.monitor.close()
        return self.ended

    def pause(self) -> None:
        """Have the minder stop it. What comes back instead, where it has ended, is the report."""
        self._tell(b"pause")

    def resume(self) -> None:
        """Have the minder let it go on."""
        self._tell(b"resume")

    def _tell(self, order: bytes) -> None:
        if self.ended is not None:
            return
        self.monitor.settimeout(ORDER_SECONDS)
        try:
            self.monitor.send(order)
            answer = self.monitor.recv(MAX_MESSAGE)
        except OSError:
            answer = b""
        if answer != order:
            self.ended = self._read(answer)
            self.monitor.close()

    def was_out_of_memory(self) -> bool:
        """Whether the kernel has killed in the warm process's control group since the last sandbox was started."""
        return self.parent.group is not None and self.parent.group.was_out_of_memory()

    def _read(self, data: bytes) -> Ended:
        report = json.loads(data) if data else {}
        if "signal" not in report or report["signal"] == signal.SIGSYS:
            self.parent.is_harmed = True
        limit = str(report.get("limit", ""))
        if self.was_out_of_memory():
            limit = "memory"
        return Ended(report.get("signal", 0), report.get("status", 0), limit, report.get("cpu", 0.0))
