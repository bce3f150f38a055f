"""Values and frames inside the sandbox: what the judge sends becomes objects, what a call returns becomes bytes.

A frame is `>IQ` (bytes of the header, bytes of the body), a JSON header, and a body of concatenated raw arrays.
Values in a header are JSON scalars, or one-key objects: list, tuple, dict, array, tensor, scalar, handle, seeded,
foreign. The judge reads all of it with `grader.sandbox.wire`, as if it were hostile.
"""

from __future__ import annotations

import json
import math
import socket
import struct
import sys
from collections.abc import Callable
from typing import Any

import numpy as np

HEAD = struct.Struct(">IQ")
KINDS = frozenset({"b1", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8", "c8", "c16"})
MAX_DEPTH = 16
MAX_ITEMS = 100_000
MAX_TEXT = 1_000_000
MAX_BITS = 4096


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
        if value.bit_length() > MAX_BITS:
            raise Refused("too_large", f"returned an integer of more than {MAX_BITS} bits")
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
    header = json.dumps(reply, ensure_ascii=False).encode("utf-8", "surrogatepass")
    channel.sendall(HEAD.pack(len(header), sum(map(len, body))) + header)
    for data in body:
        channel.sendall(data)
