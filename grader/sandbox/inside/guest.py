"""Beside the student's code: loads the submission and answers the judge's requests.

Nothing here is trusted by the judge: whoever submits code can change this process at will, and what it answers is read
as data by `grader.sandbox.wire`. A request has `op` (load, begin, call, run, share, time) and `seq`; its reply repeats
`seq` and has `value` or `error`.
"""

from __future__ import annotations

import ast
import contextlib
import errno
import hashlib
import inspect
import os
import socket
import sys
import types
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from grader.sandbox.inside import modules, refusals
from grader.sandbox.inside.timed import Timed
from grader.sandbox.inside.values import MAX_DEPTH, Decoder, Encoder, Refused, receive, send, torch_or_none

MAX_FRAMES = 12


def arrays_in(value: object, path: str, depth: int = 0) -> Iterator[tuple[str, Any]]:
    """Every array and tensor in nested lists, tuples and dicts, with the path that names it."""
    torch = torch_or_none()
    if isinstance(value, np.ndarray) or (torch is not None and isinstance(value, torch.Tensor)):
        yield path, value
    elif depth < MAX_DEPTH and isinstance(value, list | tuple):
        for position, item in enumerate(value):
            yield from arrays_in(item, f"{path}[{position}]", depth + 1)
    elif depth < MAX_DEPTH and isinstance(value, dict):
        for key, item in value.items():
            yield from arrays_in(item, f"{path}[{key!r}]", depth + 1)


def as_numpy(array: Any) -> Any:
    """The array itself, or a tensor's memory as an array."""
    return array if isinstance(array, np.ndarray) else array.detach().cpu().numpy()


def digest(array: Any) -> bytes:
    """A hash of an array's values."""
    return hashlib.blake2b(np.ascontiguousarray(as_numpy(array)).tobytes(), digest_size=16).digest()


def named(function: object, args: list[Any], kwargs: dict[str, Any]) -> dict[str, Any]:
    """Arguments by their parameter's name where the signature tells it."""
    try:
        bound = inspect.signature(function).bind(*args, **kwargs)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return {f"argument {n}": value for n, value in enumerate(args, 1)} | kwargs
    return dict(bound.arguments)


class Inside:
    """The submission as a module, the objects that the judge holds handles of, and the requests on them.

    `alone` says that the process is the submission's own, so that its module may be registered as imported.
    """

    def __init__(self, returned_limit: int, *, alone: bool = True) -> None:
        self.returned_limit = returned_limit
        self.alone = alone
        self.handles: dict[int, object] = {}
        self.module = types.ModuleType("submission")
        self.file = ""
        self.files: dict[str, str] = {}
        self.snippets: dict[str, Callable[..., object]] = {}
        self.channel: socket.socket | None = None
        self.timed: Timed | None = None

    def keep(self, value: object) -> int:
        """The number of a handle for `value`."""
        number = len(self.handles) + 1
        self.handles[number] = value
        return number

    def answer(self, request: dict[str, Any], body: memoryview) -> tuple[dict[str, Any], list[bytes]]:
        """The reply to one request. Whatever the student's code raises becomes an `error`."""
        encoder = Encoder(self.keep, self.returned_limit)
        try:
            reply = getattr(self, "do_" + request["op"])(request, Decoder(body, self.handles), encoder)
        except Refused as refusal:
            return {"error": {"kind": refusal.kind, "message": str(refusal)}}, []
        except BaseException as error:  # noqa: BLE001 - the boundary: whatever a student's code raises is an answer
            return {"error": self.describe(error)}, []
        return reply, encoder.body

    def do_load(self, request: dict[str, Any], decoder: Decoder, encoder: Encoder) -> dict[str, Any]:
        """Run the top level of the file `name`, and see that what the assignment asks for is there.

        The other `files` are modules that it can import.
        """
        self.file, self.files = request["name"], request["files"]
        self.module = types.ModuleType(self.file.removesuffix(".py"))
        self.module.__file__ = self.file
        if self.alone:
            refusals.install(request.get("refused", ()))
            modules.register(self.module, self.files)
        else:
            self.module.__name__ = f"{self.module.__name__}_{id(self)}"
            sys.modules[self.module.__name__] = self.module  # dataclasses look their module up there
        exec(compile(self.files[self.file], self.file, "exec"), self.module.__dict__)  # noqa: S102
        missing = [name for name in request["entries"] if not callable(getattr(self.module, name, None))]
        if missing:
            raise Refused("missing", f"does not define {', '.join(missing)}")
        return {"value": None}

    def do_begin(self, request: dict[str, Any], decoder: Decoder, encoder: Encoder) -> dict[str, Any]:
        """A new check: the objects of the last one are let go, and handles are numbered from 1 again."""
        self.handles.clear()
        return {"value": None}

    def do_call(self, request: dict[str, Any], decoder: Decoder, encoder: Encoder) -> dict[str, Any]:
        """Call an entry of the submission, a handle, or a handle's method."""
        args, kwargs = self._arguments(request, decoder)
        function = self._target(request)
        given = named(function, args, kwargs)
        before = [
            (path, array, digest(array)) for name, value in given.items() for path, array in arrays_in(value, name)
        ]
        value = function(*args, **kwargs)  # type: ignore[operator]
        mutated = [path for path, array, seen in before if digest(array) != seen]
        parts = self._parts(value, request["returns"])
        aliased = [
            path
            for path, array, _ in before
            for part, how in zip(parts, request["returns"], strict=True)
            if how == "value"
            for _, out in arrays_in(part, "")
            if np.may_share_memory(as_numpy(out), as_numpy(array))
        ]
        return {"value": self._crossing(parts, request["returns"], encoder), "mutated": mutated, "aliased": aliased}

    def do_run(self, request: dict[str, Any], decoder: Decoder, encoder: Encoder) -> dict[str, Any]:
        """Run a function that the judge sent as source text."""
        args, kwargs = self._arguments(request, decoder)
        source = request["source"]
        if source not in self.snippets:
            self.snippets[source] = self._snippet(source)
        return {"value": encoder.encode(self.snippets[source](*args, **kwargs))}

    def do_share(self, request: dict[str, Any], decoder: Decoder, encoder: Encoder) -> dict[str, Any]:
        """Have ready what timed calls of an entry need.

        The shared memory's descriptor follows the request, or the request names a file, where nothing can follow.
        """
        assert self.channel is not None
        if request["path"]:
            descriptor = os.open(request["path"], os.O_RDWR)
        else:
            _, (descriptor,), _, _ = socket.recv_fds(self.channel, 1, 1)
        try:
            self.timed = Timed(descriptor, request, getattr(self.module, request["entry"]))
        finally:
            os.close(descriptor)
        return {"value": None}

    def do_time(self, request: dict[str, Any], decoder: Decoder, encoder: Encoder) -> dict[str, Any]:
        """One timed call; its value is what events say of it."""
        assert self.timed is not None
        return {"value": self.timed.call()}

    def _snippet(self, source: str) -> Callable[..., object]:
        names: dict[str, Any] = {"np": np, "submission": self.module}
        torch = torch_or_none()
        if torch is not None:
            names |= {"torch": torch, "nn": torch.nn, "F": torch.nn.functional}
        tree = ast.parse(source)
        (name,) = [node.name for node in tree.body if isinstance(node, ast.FunctionDef)]
        exec(compile(tree, "<check>", "exec"), names)  # noqa: S102
        return names[name]  # type: ignore[no-any-return]

    def _arguments(self, request: dict[str, Any], decoder: Decoder) -> tuple[list[Any], dict[str, Any]]:
        args = [decoder.decode(value) for value in request["args"]]
        return args, {key: decoder.decode(value) for key, value in request["kwargs"].items()}

    def _target(self, request: dict[str, Any]) -> object:
        if "entry" in request:
            return getattr(self.module, request["entry"])
        target = self.handles[request["handle"]]
        return target if request["attribute"] == "__call__" else getattr(target, request["attribute"])

    def _parts(self, value: object, returns: list[str]) -> list[object]:
        if len(returns) == 1:
            return [value]
        if not isinstance(value, tuple | list):
            raise Refused("form", f"must return {len(returns)} values; it returned one {type(value).__name__[:80]}")
        if len(value) != len(returns):
            raise Refused("form", f"must return {len(returns)} values; it returned {len(value)}")
        return list(value)

    def _crossing(self, parts: list[object], returns: list[str], encoder: Encoder) -> Any:
        sent = [
            {"handle": [self.keep(part), type(part).__name__[:80]]} if how == "handle" else encoder.encode(part)
            for part, how in zip(parts, returns, strict=True)
        ]
        return sent[0] if len(returns) == 1 else {"tuple": sent}

    def describe(self, error: BaseException) -> dict[str, Any]:
        """An exception as data: type, message and the frames of the student's own files."""
        name = type(error).__name__[:80]
        try:
            message = str(error)[:2000]
        except BaseException:  # noqa: BLE001 - a student's __str__ may raise anything
            message = "(its message cannot be shown: __str__ fails)"
        frames, trace = [], error.__traceback__
        while trace is not None:
            code = trace.tb_frame.f_code
            if code.co_filename in self.files:
                frames.append([code.co_filename[:120], trace.tb_lineno, code.co_name[:120]])
            trace = trace.tb_next
        if isinstance(error, SyntaxError) and error.filename in self.files:
            frames.append([error.filename[:120], error.lineno or 0, "<module>"])
        memory = isinstance(error, MemoryError) or "can't allocate memory" in message
        kept = frames if len(frames) <= MAX_FRAMES else frames[: MAX_FRAMES // 2] + frames[-MAX_FRAMES // 2 :]
        return {
            "kind": "memory" if memory else "exception",
            "limit": limit_of(error),
            "type": str(name),
            "message": str(message),
            "frames": kept,
        }


LIMIT_BY_ERRNO = {
    errno.EAGAIN: "processes",
    errno.EMFILE: "open_files",
    errno.EFBIG: "file_size",
    errno.ENOSPC: "tmp_size",
}


def limit_of(error: BaseException) -> str:
    """The limit that an exception tells of, or nothing."""
    if isinstance(error, OSError):
        return LIMIT_BY_ERRNO.get(error.errno or 0, "")
    return "processes" if isinstance(error, RuntimeError) and "can't start new thread" in str(error) else ""


def serve(channel: socket.socket, returned_limit: int) -> None:
    """Answer requests until the judge closes the channel."""
    inside = Inside(returned_limit)
    inside.channel = channel
    while (frame := receive(channel)) is not None:
        request, body = frame
        reply, data = inside.answer(request, body)
        with contextlib.suppress(Exception):  # the student may have put anything in the place of sys.stdout
            sys.stdout.flush()
        send(channel, {"seq": request["seq"]} | reply, data)


def hide() -> None:
    """Leave nothing of ours to import: a submission sees the profile's packages alone."""
    ours = __name__.partition(".")[0]
    sys.path[:] = [path for path in sys.path if not Path(path, ours).is_dir()]
    for name in [name for name in sys.modules if name.partition(".")[0] == ours]:
        del sys.modules[name]


def connect(address: str) -> socket.socket:
    """The judge's channel: an inherited descriptor (`fd:7`) or a loopback port with a token (`tcp:49152:abc`)."""
    kind, _, rest = address.partition(":")
    if kind == "fd":
        return socket.socket(fileno=int(rest))
    port, _, token = rest.partition(":")
    channel = socket.create_connection(("127.0.0.1", int(port)))
    channel.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    channel.sendall(token.encode())
    return channel


def main(arguments: list[str]) -> None:
    """`ADDRESS PROFILE RETURNED_BYTES`: import what the profile has, then serve."""
    address, profile, returned_limit = arguments
    channel = connect(address)
    if profile == "torch":
        import torch

        torch.set_num_threads(1)
        torch.set_num_interop_threads(1)
    sys.argv = [""]
    hide()
    serve(channel, int(returned_limit))


if __name__ == "__main__":
    main(sys.argv[1:])
