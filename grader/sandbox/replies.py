"""What a reply says: a value with its reports, or the fault that lost the check. Read as data, never believed."""

from __future__ import annotations

from typing import Any

from grader.contract import Limits
from grader.sandbox.errors import (
    Frame,
    StudentFault,
    StudentMemory,
    StudentMissing,
    StudentRaised,
    StudentRefused,
)
from grader.sandbox.wire import Frame as WireFrame
from grader.sandbox.wire import ProtocolError, Unpacker, clean


class Reply:
    """What a call returned, and what it did to its arguments: paths of those changed, and of those shared."""

    __slots__ = ("aliased", "mutated", "value")

    def __init__(self, value: Any, mutated: tuple[str, ...] = (), aliased: tuple[str, ...] = ()) -> None:
        self.value = value
        self.mutated = mutated
        self.aliased = aliased


def read_reply(frame: WireFrame, *, tensors: bool = True) -> Reply:
    """The reply in a frame that is no error; `tensors` says whether torch is there. Raises ProtocolError."""
    return Reply(
        value=Unpacker(frame.body, tensors=tensors).unpack(frame.header.get("value")),
        mutated=_paths(frame.header.get("mutated", [])),
        aliased=_paths(frame.header.get("aliased", [])),
    )


MOST_MILLISECONDS = 1e6
"""No timed call may take as long."""


def milliseconds_in(value: object) -> float | None:
    """A duration that a reply's value tells, None where it is no number from 0 to MOST_MILLISECONDS.

    A NaN is in no range, and an integer of thousands of bits, which no float can hold, is compared as it is.
    """
    if type(value) not in (int, float) or not 0 <= value <= MOST_MILLISECONDS:  # type: ignore[operator]
        return None
    return float(value)  # type: ignore[arg-type]


LIMIT_SENTENCES = {
    "processes": "at most {0.processes} processes and threads may run at a time",
    "open_files": "at most {0.open_files} files may be open at a time",
    "file_size": "a file may have at most {0.file_mib} MiB",
    "tmp_size": "all files together may have at most {0.tmp_mib} MiB",
}


def fault_from(data: object, limits: Limits) -> StudentFault:
    """The fault that an error reply describes. Raises ProtocolError where it is none."""
    if not isinstance(data, dict) or not isinstance(data.get("message"), str):
        raise ProtocolError("an error without a message")
    message = clean(data["message"][:2000])
    match data.get("kind"):
        case "missing":
            return StudentMissing(message)
        case "form" | "nested":
            return StudentRefused(message)
        case "too_large":
            return StudentRefused(message, limit="returned")
        case "memory":
            text = f"ran out of memory: at most {limits.memory_mib:,} MiB may be used"
            return StudentMemory(f"{text} ({message})" if message else text, limit="memory")
        case "exception":
            return _raised(data, message, limits)
    raise ProtocolError("an error of an unknown kind")


def _raised(data: dict[str, Any], message: str, limits: Limits) -> StudentRaised:
    kind, lines, limit = data.get("type"), data.get("frames"), data.get("limit")
    if not isinstance(kind, str) or not isinstance(lines, list):
        raise ProtocolError("an exception without a type or a traceback")
    kind, frames = clean(kind[:80]), tuple(_frame(line) for line in lines[:20])
    if not isinstance(limit, str) or limit not in LIMIT_SENTENCES:
        return StudentRaised(kind, message, frames)
    alone = limit == "processes" and limits.processes == 1
    sentence = "no thread and no process may be started here" if alone else LIMIT_SENTENCES[limit].format(limits)
    return StudentRaised(kind, f"{message} ({sentence})", frames, limit=limit)


def _frame(item: object) -> Frame:
    match item:
        case [str(file), int(line), str(function)] if not isinstance(line, bool) and 0 <= line < 2**31:
            return Frame(clean(file[:120]), line, clean(function[:120]))
    raise ProtocolError("a traceback's line is malformed")


def _paths(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(path, str) for path in value):
        raise ProtocolError("a report on arguments is no list of names")
    return tuple(clean(path[:200]) for path in value[:50])
