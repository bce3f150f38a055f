"""A started sandbox: the submission's process, a channel to it, what it printed, and how it ended."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import IO, Any, Protocol

from grader.contract import Limits
from grader.sandbox.errors import (
    SandboxFailure,
    StudentCrashed,
    StudentFault,
    StudentFlooded,
    StudentKilled,
    StudentTimeout,
)
from grader.sandbox.replies import Reply, fault_from, read_reply
from grader.sandbox.wire import ChannelClosed, Packer, ProtocolError, clean, receive_frame, send_frame
from grader.sandbox.wire import Frame as WireFrame

FAREWELL_SECONDS = 5.0
GRACE_SECONDS = 1.0
"""How long a process whose channel is closed may take to end by itself."""

FLOOD_FACTOR = 8
"""How many times over the kept output a submission may print before it is stopped."""


class Launcher(Protocol):
    """A way to start sandboxes. `name` stands in results."""

    name: str

    def start(self, profile: str, limits: Limits, *, core: int | None = None) -> Sandbox:
        """A fresh sandbox with the profile's packages and no student code yet, on one core alone where one is named.

        Raises SandboxUnavailable.
        """

    def close(self) -> None:
        """End what it keeps running."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How a submission's process ended: by a signal or with an exit status, or at a limit that was enforced outside.

    `cpu_seconds` is the processor time of all its processes, where it is known.
    """

    signal: int = 0
    status: int = 0
    limit: str = ""
    cpu_seconds: float = 0.0


class Life(Protocol):
    """The end of a submission's process, and of all that it started."""

    def kill(self) -> None:
        """Bring it about. May be called again."""

    def wait(self, seconds: float) -> Ended | None:
        """How it ended, with nothing of it left; None when it has not, after so many seconds."""

    def was_out_of_memory(self) -> bool:
        """Whether the system has killed one of its processes for lack of memory."""

    def pause(self) -> None:
        """Stop the process, and return when it has stopped or ended."""

    def resume(self) -> None:
        """Let it go on."""


class Sandbox:
    """Asks a sandboxed process questions, each with a deadline. Not for use by several threads.

    `pid` is the process's number on this side of its walls, 0 where it is not known; `stamps` say when each wall stood.
    """

    def __init__(
        self, life: Life, channel: socket.socket, output: IO[bytes], limits: Limits, *, has_torch: bool
    ) -> None:
        self.life = life
        self.channel = channel
        self.limits = limits
        self.has_torch = has_torch
        self.sequence = 0
        self.output = bytearray()
        self.printed = 0
        self.source = output
        self.stamps: dict[str, float] = {}
        self.pid = 0
        self.ended: Ended | None = None
        self.reader = threading.Thread(target=self._drain, name="sandbox-output", daemon=True)
        self.reader.start()

    def ask(
        self, request: Mapping[str, Any], packer: Packer, seconds: float, *, descriptor: int | None = None
    ) -> Reply:
        """Send one request, with a descriptor where one goes with it, and wait at most `seconds` for its reply.

        Raises the StudentFault that tells what became of it. After one that is not `alive`, this sandbox is closed.
        """
        self.sequence += 1
        deadline = time.monotonic() + seconds
        try:
            send_frame(self.channel, WireFrame({"seq": self.sequence} | dict(request), packer.body), deadline)
            if descriptor is not None:
                self._send_descriptor(descriptor)
            frame = receive_frame(self.channel, deadline, self.limits.returned_mib * 2**20)
            reply = self._reply(frame)
        except TimeoutError:
            self.close()
            text = f"did not answer within {seconds:.3g} s: is there a loop that does not end?"
            raise StudentTimeout(text, limit="wall_check") from None
        except ProtocolError as error:
            self.close()
            raise StudentCrashed(f"gave an answer that cannot be read: {error}") from None
        except ChannelClosed:
            raise self.death() from None
        if self.life.was_out_of_memory():
            self.close()
            raise out_of_memory(self.limits)
        return reply

    def _send_descriptor(self, descriptor: int) -> None:
        try:
            socket.send_fds(self.channel, [b"."], [descriptor])
        except (BrokenPipeError, ConnectionResetError):
            raise ChannelClosed from None

    def _reply(self, frame: WireFrame) -> Reply:
        header = frame.header
        if header.get("seq") != self.sequence:
            raise ProtocolError("an answer to a question that was not asked")
        if "error" in header:
            raise fault_from(header["error"], self.limits)
        return read_reply(frame, tensors=self.has_torch)

    def death(self) -> StudentFault:
        """Why the process is gone. One that only closed its channel is ended."""
        self.ended = self.life.wait(GRACE_SECONDS)
        has_ended = self.ended is not None
        self.close()
        if self.flooded:
            most = FLOOD_FACTOR * self.limits.output_kib
            return StudentFlooded(f"printed more than {most:,} KiB and was stopped", limit="output")
        if self.ended is None or not (has_ended or self.ended.limit):
            return StudentCrashed("closed the connection over which it must answer")
        return death_of(self.ended, self.limits)

    def _drain(self) -> None:
        """Keep the first of what is printed, count the rest, and stop a process that floods."""
        while data := self.source.read1(65536):  # type: ignore[attr-defined]
            self.printed += len(data)
            self.output += data[: max(0, self._kept_bytes - len(self.output))]
            if self.flooded:
                self.life.kill()

    @property
    def flooded(self) -> bool:
        """Whether more was printed than is read."""
        return self.printed > FLOOD_FACTOR * self._kept_bytes

    @property
    def _kept_bytes(self) -> int:
        return self.limits.output_kib * 1024

    def printed_text(self) -> str:
        """What the submission printed, cut at the limit; call after `close` to have all of it."""
        text = clean(self.output.decode("utf-8", "replace").replace("\r\n", "\n"))
        if self.printed > len(self.output):
            text += f"\n… cut here: {self.printed:,} bytes were printed, {self.limits.output_kib} KiB are kept"
        return text

    def close(self) -> None:
        """End the process and everything in it. May be called again. Raises SandboxFailure where it will not end."""
        with contextlib.suppress(OSError):
            self.channel.shutdown(socket.SHUT_RDWR)
        self.channel.close()
        if self.ended is None:
            self.life.kill()
            self.ended = self.life.wait(FAREWELL_SECONDS)
        if self.ended is None:
            raise SandboxFailure("the sandbox does not end after SIGKILL")
        self.reader.join(FAREWELL_SECONDS)
        if not self.reader.is_alive():
            self.source.close()


class ChildLife:
    """The life of a direct child of this process."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self.process = process

    def kill(self) -> None:
        """SIGKILL."""
        if self.process.poll() is None:
            self.process.kill()

    def wait(self, seconds: float) -> Ended | None:
        """Its exit status."""
        try:
            code = self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            return None
        return Ended(signal=-code) if code < 0 else Ended(status=code)

    def was_out_of_memory(self) -> bool:
        """Nothing bounds the memory of a process without a wall."""
        return False

    def pause(self) -> None:
        """SIGSTOP."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGSTOP)
            os.waitid(os.P_PID, self.process.pid, os.WSTOPPED | os.WEXITED | os.WNOWAIT)

    def resume(self) -> None:
        """SIGCONT."""
        self.process.send_signal(signal.SIGCONT)


def out_of_memory(limits: Limits) -> StudentKilled:
    """The fault of a submission that was stopped, whole or in part, for the memory of all its processes together."""
    return StudentKilled(f"used more than {limits.memory_mib:,} MiB of memory and was stopped", limit="memory")


def death_of(ended: Ended, limits: Limits) -> StudentFault:
    """The fault that tells a student why the process is gone."""
    killed = ended.signal == signal.SIGKILL
    if ended.limit == "cpu" or ended.signal == signal.SIGXCPU or (killed and ended.cpu_seconds >= limits.cpu_seconds):
        text = f"used more than {limits.cpu_seconds:.3g} s of processor time and was stopped"
        return StudentTimeout(text, limit="cpu")
    if ended.limit == "memory":
        return out_of_memory(limits)
    if killed:
        return StudentKilled("was stopped by the system, most likely for lack of memory", limit="memory")
    if ended.signal == signal.SIGSYS:
        return StudentCrashed("asked the system for something that is not allowed here, and was stopped")
    if ended.signal:
        name = signal.Signals(ended.signal).name if ended.signal in list(signal.Signals) else str(ended.signal)
        return StudentCrashed(f"crashed the Python process ({name}), as a fault in compiled code does")
    return StudentCrashed(f"ended the process (exit status {ended.status}) instead of returning")
