"""A started sandbox: one process with the student's code, a channel to it, and what it printed."""

from __future__ import annotations

import contextlib
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Mapping
from typing import Any, Protocol

from grader.contract import Limits
from grader.sandbox.errors import (
    Frame,
    SandboxFailure,
    StudentCrashed,
    StudentFault,
    StudentFlooded,
    StudentMemory,
    StudentMissing,
    StudentRaised,
    StudentRefused,
    StudentTimeout,
)
from grader.sandbox.wire import (
    ChannelClosed,
    Packer,
    ProtocolError,
    Unpacker,
    clean,
    receive_frame,
    send_frame,
)
from grader.sandbox.wire import Frame as WireFrame

FAREWELL_SECONDS = 5.0
FLOOD_FACTOR = 8
"""How many times over the kept output a submission may print before it is stopped."""


class Launcher(Protocol):
    """A way to start sandboxes. `name` stands in results."""

    name: str

    def start(self, profile: str, limits: Limits) -> Sandbox:
        """A fresh sandbox with the profile's packages and no student code yet. Raises SandboxUnavailable."""


class Sandbox:
    """Asks a sandboxed process questions, each with a deadline. Not for use by several threads."""

    def __init__(self, process: subprocess.Popen[bytes], channel: socket.socket, limits: Limits) -> None:
        self.process = process
        self.channel = channel
        self.limits = limits
        self.sequence = 0
        self.output = bytearray()
        self.printed = 0
        self.reader = threading.Thread(target=self._drain, name="sandbox-output", daemon=True)
        self.reader.start()

    def ask(self, request: Mapping[str, Any], packer: Packer, seconds: float) -> Reply:
        """Send one request and wait at most `seconds` for its reply.

        Raises the StudentFault that tells what became of it. After one that is not `alive`, this sandbox is closed.
        """
        self.sequence += 1
        deadline = time.monotonic() + seconds
        try:
            send_frame(self.channel, WireFrame({"seq": self.sequence} | dict(request), packer.body), deadline)
            frame = receive_frame(self.channel, deadline, self.limits.returned_mib * 2**20)
            return self._reply(frame)
        except TimeoutError:
            self.close()
            raise StudentTimeout(f"did not answer within {seconds:.3g} s: is there a loop that does not end?") from None
        except ProtocolError as error:
            self.close()
            raise StudentCrashed(f"gave an answer that cannot be read: {error}") from None
        except ChannelClosed:
            raise self._death() from None

    def _reply(self, frame: WireFrame) -> Reply:
        header = frame.header
        if header.get("seq") != self.sequence:
            raise ProtocolError("an answer to a question that was not asked")
        if "error" in header:
            raise fault_from(header["error"])
        return read_reply(frame)

    def _death(self) -> StudentFault:
        """Why the process is gone."""
        status = self._wait()
        self.close()
        if self.printed > FLOOD_FACTOR * self._kept_bytes:
            return StudentFlooded(f"printed more than {FLOOD_FACTOR * self.limits.output_kib:,} KiB and was stopped")
        return _death_of(status, self.limits)

    def _wait(self) -> int:
        try:
            return self.process.wait(FAREWELL_SECONDS)
        except subprocess.TimeoutExpired:
            return 0

    def _drain(self) -> None:
        """Keep the first of what is printed, count the rest, and stop a process that floods."""
        assert self.process.stdout is not None
        while data := self.process.stdout.read1(65536):  # type: ignore[attr-defined]
            self.printed += len(data)
            self.output += data[: max(0, self._kept_bytes - len(self.output))]
            if self.printed > FLOOD_FACTOR * self._kept_bytes:
                self.process.kill()

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
        """End the process and everything in it. May be called again."""
        with contextlib.suppress(OSError):
            self.channel.shutdown(socket.SHUT_RDWR)
        self.channel.close()
        if self.process.poll() is None:
            self.process.kill()
        try:
            self.process.wait(FAREWELL_SECONDS)
        except subprocess.TimeoutExpired:
            raise SandboxFailure("the sandbox does not end after SIGKILL") from None
        self.reader.join(FAREWELL_SECONDS)
        if self.process.stdout is not None and not self.reader.is_alive():
            self.process.stdout.close()


class Reply:
    """What a call returned, and what it did to its arguments: paths of those changed, and of those shared."""

    __slots__ = ("aliased", "mutated", "value")

    def __init__(self, value: Any, mutated: tuple[str, ...] = (), aliased: tuple[str, ...] = ()) -> None:
        self.value = value
        self.mutated = mutated
        self.aliased = aliased


def read_reply(frame: WireFrame) -> Reply:
    """The reply in a frame that is no error. Raises ProtocolError."""
    return Reply(
        value=Unpacker(frame.body).unpack(frame.header.get("value")),
        mutated=_paths(frame.header.get("mutated", [])),
        aliased=_paths(frame.header.get("aliased", [])),
    )


def fault_from(data: object) -> StudentFault:
    """The fault that an error reply describes. Raises ProtocolError where it is none."""
    if not isinstance(data, dict) or not isinstance(data.get("message"), str):
        raise ProtocolError("an error without a message")
    message = clean(data["message"])[:2000]
    match data.get("kind"):
        case "missing":
            return StudentMissing(message)
        case "form" | "too_large" | "nested":
            return StudentRefused(message)
        case "memory":
            return StudentMemory(f"ran out of memory ({message})" if message else "ran out of memory")
        case "exception":
            frames = data.get("frames")
            shown = tuple(_frame(item) for item in frames[:20]) if isinstance(frames, list) else ()
            return StudentRaised(clean(str(data.get("type")))[:80], message, shown)
    raise ProtocolError("an error of an unknown kind")


def _frame(item: object) -> Frame:
    match item:
        case [str(file), int(line), str(function)]:
            return Frame(clean(file), line, clean(function))
    raise ProtocolError("a traceback's line is malformed")


def _paths(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(path, str) for path in value):
        raise ProtocolError("a report on arguments is no list of names")
    return tuple(clean(path)[:200] for path in value[:50])


def _death_of(status: int, limits: Limits) -> StudentFault:
    number = -status if status < 0 else status - 128
    if number == signal.SIGXCPU:
        return StudentTimeout(f"used more than {limits.cpu_seconds:.3g} s of processor time and was stopped")
    if number == signal.SIGKILL:
        return StudentMemory(f"was stopped by the system: more than {limits.memory_mib} MiB of memory, most likely")
    if number == signal.SIGSYS:
        return StudentCrashed("asked the system for something that is not allowed here, and was stopped")
    try:
        name = signal.Signals(number).name
    except ValueError:
        return StudentCrashed(f"ended the process (exit status {status}) instead of returning")
    return StudentCrashed(f"crashed the Python process ({name}), as a fault in compiled code does")
