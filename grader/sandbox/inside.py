"""The only file of Stride inside the sandbox: loads the submission and answers the judge's requests.

Self-contained: standard library, NumPy and (in the torch profile) torch. Nothing here is trusted by the judge: whoever
submits code can change this process at will, and what it answers is read as data by `grader.sandbox.wire`.

A frame is `>IQ` (bytes of the header, bytes of the body), a JSON header, and a body of concatenated raw arrays.
Values in a header are JSON scalars, or one-key objects: list, tuple, dict, array, tensor, scalar, handle, seeded,
foreign. A request has `op` (load, call, run) and `seq`; its reply repeats `seq` and has `value` or `error`.
"""

from __future__ import annotations

import ast
import contextlib
import hashlib
import inspect
import json
import linecache
import math
import os
import socket
import struct
import sys
import types
from collections.abc import Callable, Iterator
from typing import Any

if __name__ == "__main__":
    HERE = os.path.dirname(os.path.abspath(__file__))  # noqa: PTH100, PTH120 - pathlib costs 5 ms here
    sys.path[:] = [path for path in sys.path if path != HERE] + sys.argv[4:]

import numpy as np

HEAD = struct.Struct(">IQ")
KINDS = frozenset({"b1", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8", "c8", "c16"})
MAX_DEPTH = 16
MAX_ITEMS = 100_000
MAX_TEXT = 1_000_000
MAX_FRAMES = 12


class Refused(Exception):  # noqa: N818 - a word of the protocol
    """A value that cannot be sent, or a request that does not fit the submission. `kind` is for the judge."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


def torch_or_none() -> Any:
    """The torch module where this process has imported it."""
    return sys.modules.get("torch")


class Encoder:
    """Turns values into a header and a body. Objects that are no data are kept, and cross as handles."""

    def __init__(self, keep: Callable[[object], int], limit: int) -> None:
        self.keep = keep
        self.limit = limit
        self.body: list[bytes] = []
        self.size = 0
        self.items = 0

    def encode(self, value: Any, depth: int = 0) -> Any:
        """`value` as header JSON; its arrays are appended to the body. Raises Refused."""
        self.items += 1
        if depth > MAX_DEPTH:
            raise Refused("nested", f"returned a value that is nested deeper than {MAX_DEPTH} levels")
        if self.items > MAX_ITEMS:
            raise Refused("too_large", f"returned more than {MAX_ITEMS:,} items; return an array instead")
        kind = type(value)
        if value is None or kind is bool or kind is float:
            return value
        if kind is int:
            return self._integer(value)
        if kind is str:
            return self._text(value)
        if kind is list or kind is tuple:
            return {kind.__name__: [self.encode(item, depth + 1) for item in value]}
        if kind is dict:
            pairs = [[self.encode(k, depth + 1), self.encode(v, depth + 1)] for k, v in value.items()]
            return {"dict": pairs}
        return self._object(value)

    def _integer(self, value: int) -> Any:
        if value.bit_length() > 4096:
            raise Refused("too_large", "returned an integer of more than 4096 bits")
        return value

    def _text(self, value: str) -> str:
        if len(value) > MAX_TEXT:
            raise Refused("too_large", f"returned a text of more than {MAX_TEXT:,} characters")
        return value

    def _object(self, value: object) -> Any:
        torch = torch_or_none()
        if isinstance(value, np.generic):
            return self._array(np.asarray(value), "scalar")
        if isinstance(value, np.ndarray):
            return self._array(np.array(value, copy=False, subok=False), "array")
        if torch is not None and isinstance(value, torch.Tensor):
            return self._tensor(value)
        return {"handle": [self.keep(value), type(value).__name__[:80]]}

    def _tensor(self, value: Any) -> Any:
        plain = value.detach()
        if plain.is_sparse or plain.is_quantized or str(plain.dtype) == "torch.bfloat16" or plain.is_meta:
            return {"foreign": f"a {plain.dtype} tensor that is not an ordinary array in memory"}
        self._room(plain.numel() * plain.element_size())
        return self._array(plain.cpu().contiguous().numpy(), "tensor")

    def _array(self, array: Any, tag: str) -> Any:
        if array.dtype.kind == "O":
            return {"foreign": "an array of Python objects (dtype object)"}
        native = array.dtype.newbyteorder("=")
        if native.str[1:] not in KINDS:
            return {"foreign": f"an array of dtype {str(array.dtype)[:80]}"}
        self._room(array.nbytes)
        offset = self.size
        data = np.ascontiguousarray(array, dtype=native).tobytes()
        self.body.append(data)
        self.size += len(data)
        return {tag: [native.str[1:], list(array.shape), offset]}

    def _room(self, nbytes: int) -> None:
        if self.size + nbytes > self.limit:
            raise Refused(
                "too_large",
                f"returned {(self.size + nbytes) / 2**20:,.0f} MiB; "
                f"at most {self.limit / 2**20:,.0f} MiB may be returned",
            )


class Decoder:
    """Turns a header and a body into fresh, writable values."""

    def __init__(self, body: memoryview, handles: dict[int, object]) -> None:
        self.body = body
        self.handles = handles

    def decode(self, value: Any) -> Any:
        """The value that a header describes."""
        if not isinstance(value, dict):
            return value
        ((tag, content),) = value.items()
        return getattr(self, f"_{tag}")(content)

    def _list(self, content: Any) -> list[Any]:
        return [self.decode(item) for item in content]

    def _tuple(self, content: Any) -> tuple[Any, ...]:
        return tuple(self.decode(item) for item in content)

    def _dict(self, content: Any) -> dict[Any, Any]:
        return {self.decode(key): self.decode(item) for key, item in content}

    def _array(self, content: Any) -> Any:
        code, shape, offset = content
        dtype = np.dtype(code)
        count = math.prod(shape)
        return np.frombuffer(self.body, dtype, count, offset).reshape(shape).copy()

    def _scalar(self, content: Any) -> Any:
        return self._array(content)[()]

    def _tensor(self, content: Any) -> Any:
        return torch_or_none().from_numpy(self._array(content))

    def _handle(self, content: Any) -> object:
        return self.handles[content[0]]

    def _seeded(self, content: Any) -> Any:
        return np.random.default_rng(content)


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
        """Run the submission's top level, and see that what the assignment asks for is there."""
        self.file, self.files = request["name"], request["files"]
        self.module = types.ModuleType(self.file.removesuffix(".py"))
        self.module.__file__ = self.file
        if self.alone:
            self._register()
        exec(compile(self.files[self.file], self.file, "exec"), self.module.__dict__)  # noqa: S102
        missing = [name for name in request["entries"] if not callable(getattr(self.module, name, None))]
        if missing:
            raise Refused("missing", f"does not define {', '.join(missing)}")
        return {"value": None}

    def _register(self) -> None:
        """Make the module importable, and its source known to tracebacks and `inspect`."""
        sys.modules[self.module.__name__] = self.module
        for name, source in self.files.items():
            linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)

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
        """An exception as data: type, message and the frames of the student's own file."""
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
        if isinstance(error, SyntaxError) and error.filename == self.file:
            frames.append([self.file, error.lineno or 0, "<module>"])
        memory = isinstance(error, MemoryError) or "can't allocate memory" in message
        kept = frames if len(frames) <= MAX_FRAMES else frames[: MAX_FRAMES // 2] + frames[-MAX_FRAMES // 2 :]
        return {
            "kind": "memory" if memory else "exception",
            "type": str(name),
            "message": str(message),
            "frames": kept,
        }


def receive(channel: socket.socket) -> tuple[dict[str, Any], memoryview] | None:
    """One frame, or None when the judge has closed the channel."""
    head = receive_exactly(channel, HEAD.size)
    if head is None:
        return None
    header_size, body_size = HEAD.unpack(head)
    header, body = receive_exactly(channel, header_size), receive_exactly(channel, body_size)
    if header is None or body is None:
        return None
    return json.loads(bytes(header)), body


def receive_exactly(channel: socket.socket, size: int) -> memoryview | None:
    """`size` bytes, or None when the channel ends before."""
    buffer = memoryview(bytearray(size))
    got = 0
    while got < size:
        count = channel.recv_into(buffer[got:])
        if count == 0:
            return None
        got += count
    return buffer


def send(channel: socket.socket, reply: dict[str, Any], body: list[bytes]) -> None:
    """Send one frame."""
    header = json.dumps(reply).encode("utf-8", "surrogatepass")
    channel.sendall(HEAD.pack(len(header), sum(map(len, body))) + header)
    for data in body:
        channel.sendall(data)


def serve(channel: socket.socket, returned_limit: int) -> None:
    """Answer requests until the judge closes the channel."""
    inside = Inside(returned_limit)
    while (frame := receive(channel)) is not None:
        request, body = frame
        reply, data = inside.answer(request, body)
        with contextlib.suppress(Exception):  # the student may have put anything in the place of sys.stdout
            sys.stdout.flush()
        send(channel, {"seq": request["seq"]} | reply, data)


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
    """`inside.py ADDRESS PROFILE RETURNED_BYTES [SITE]`: import what the profile has, then serve."""
    address, profile, returned_limit, *_ = arguments
    channel = connect(address)
    if profile == "torch":
        import torch

        torch.set_num_threads(1)
        torch.set_num_interop_threads(1)
    sys.argv = [""]
    serve(channel, int(returned_limit))


if __name__ == "__main__":
    main(sys.argv[1:])
