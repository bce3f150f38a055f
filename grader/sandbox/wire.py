"""The judge's end of the wire: frames of JSON and raw arrays, read as if the other side were hostile.

Nothing that arrives is executed, unpickled or trusted: sizes are checked before memory is taken, dtypes come from a
short list, nesting and item counts are bounded, and anything else raises ProtocolError. A frame costs at most
MEMORY_OF_HEADER for its header, and three times the largest body that is let in. `make fuzz-wire` looks for exceptions.
"""

from __future__ import annotations

import json
import math
import re
import socket
import time
from dataclasses import dataclass
from typing import Any

import numpy as np

from grader.sandbox.inside.values import HEAD, KINDS, MAX_BITS, MAX_DEPTH, MAX_ITEMS, MAX_TEXT

MAX_HEADER = 8 * 2**20
MEMORY_OF_HEADER = 24 * MAX_HEADER
"""What reading the worst header may take, with all that is made of it."""

MAX_CONTAINERS = 4 * MAX_ITEMS
"""Brackets and braces in a header: an array has three, a dictionary's pair one."""

MAX_VALUES = 8 * MAX_ITEMS
MAX_DIMENSIONS = 32
MAX_EMPTY = 2**26
"""Elements that an array of no elements would have with 1 in the place of each 0. A sum over its 0 has as many."""

MAX_HASHED = 4096
"""Keys of a reply whose hashes can be made to collide: text is hashed with a secret, small integers as themselves."""

CHUNK = 1 << 20
UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")


class ProtocolError(Exception):
    """What arrived is not a frame of this protocol."""


class ChannelClosed(Exception):  # noqa: N818
    """The other side closed the channel."""


@dataclass(frozen=True)
class Handle:
    """An object that stayed in the sandbox. `type_name` is what the sandbox calls its type: for messages only."""

    number: int
    type_name: str


@dataclass(frozen=True, slots=True)
class Foreign:
    """Something that was returned and cannot cross, such as an array of objects; `what` describes it."""

    what: str


@dataclass(frozen=True, slots=True)
class Seeded:
    """Crosses as `numpy.random.default_rng(seed)`."""

    seed: int


@dataclass(slots=True)
class Frame:
    """A header and its body, ready to be sent or just received."""

    header: dict[str, Any]
    body: bytes | bytearray


class Packer:
    """Collects arrays into one body while values become header JSON."""

    def __init__(self) -> None:
        self.parts: list[bytes] = []
        self.size = 0

    @property
    def body(self) -> bytes:
        """All arrays, one after the other."""
        return b"".join(self.parts)

    def pack(self, value: object) -> Any:
        """Header JSON for a value that may cross. Raises TypeError for any other: a mistake in the checks."""
        if value is None or isinstance(value, bool | str) or type(value) in (int, float):
            return value
        if isinstance(value, list | tuple):
            return {"list" if isinstance(value, list) else "tuple": [self.pack(item) for item in value]}
        if isinstance(value, dict):
            return {"dict": [[self.pack(key), self.pack(item)] for key, item in value.items()]}
        if isinstance(value, Handle):
            return {"handle": [value.number, value.type_name]}
        if isinstance(value, Seeded):
            return {"seeded": value.seed}
        if isinstance(value, np.generic):
            return {"scalar": self._store(np.asarray(value))}
        if isinstance(value, np.ndarray):
            return {"array": self._store(value)}
        if hasattr(value, "detach") and hasattr(value, "numpy"):
            return {"tensor": self._store(value.detach().cpu().numpy())}
        raise TypeError(f"a {type(value).__name__} cannot cross into the sandbox")

    def _store(self, array: np.ndarray[Any, Any]) -> list[Any]:
        native = array.dtype.newbyteorder("=")
        if native.str[1:] not in KINDS:
            raise TypeError(f"an array of dtype {array.dtype} cannot cross into the sandbox")
        data = np.ascontiguousarray(array, dtype=native).tobytes()
        offset, self.size = self.size, self.size + len(data)
        self.parts.append(data)
        return [native.str[1:], list(array.shape), offset]


class Unpacker:
    """Reads values out of a received frame. Raises ProtocolError for whatever does not fit.

    `tensors` is whether the sandbox has torch: where it has not, a tensor is forged, and would import torch here.
    """

    def __init__(self, body: bytes | bytearray, *, tensors: bool = True) -> None:
        self.body = body
        self.tensors = tensors
        self.items = 0
        self.taken = 0
        self.hashed = 0

    def unpack(self, value: object, depth: int = 0) -> Any:
        """The value that header JSON describes."""
        self.items += 1
        if depth > MAX_DEPTH + 2 or self.items > 2 * MAX_ITEMS:
            raise ProtocolError("a value is nested too deeply or has too many items")
        if isinstance(value, int) and value.bit_length() > MAX_BITS:
            raise ProtocolError(f"an integer has more than {MAX_BITS} bits")
        if value is None or isinstance(value, bool | int | float):
            return value
        if isinstance(value, str):
            return _text(value)
        if not isinstance(value, dict) or len(value) != 1:
            raise ProtocolError("a value is neither a scalar nor a tagged object")
        ((tag, content),) = value.items()
        return self._tagged(tag, content, depth)

    def _tagged(self, tag: str, content: object, depth: int) -> Any:
        if tag in ("list", "tuple") and isinstance(content, list):
            items = [self.unpack(item, depth + 1) for item in content]
            return items if tag == "list" else tuple(items)
        if tag == "dict" and isinstance(content, list):
            return dict(self._pair(pair, depth) for pair in content)
        if tag == "array":
            return self._array(content)
        if tag == "scalar":
            return self._array(content, scalar=True)[()]
        if tag == "tensor" and self.tensors:
            import torch

            return torch.from_numpy(self._array(content))
        if tag == "handle":
            return self._handle(content)
        if tag == "foreign" and isinstance(content, str):
            return Foreign(clean(content[:200]))
        raise ProtocolError(f"unknown tag {tag[:40]!r}")

    def _pair(self, pair: object, depth: int) -> tuple[Any, Any]:
        if not isinstance(pair, list) or len(pair) != 2:
            raise ProtocolError("a dictionary's item is not a pair")
        key = _key(self.unpack(pair[0], depth + 1))
        if not isinstance(key, str) and not (isinstance(key, int) and hash(key) == key):
            self.hashed += 1
        if self.hashed > MAX_HASHED:
            raise ProtocolError(f"more than {MAX_HASHED:,} keys are neither text nor small integers")
        return key, self.unpack(pair[1], depth + 1)

    def _array(self, content: object, *, scalar: bool = False) -> np.ndarray[Any, Any]:
        code, shape, offset = self._array_fields(content)
        if scalar and shape:
            raise ProtocolError("a scalar has dimensions")
        dtype = np.dtype(code)
        count = math.prod(shape)
        if offset + count * dtype.itemsize > len(self.body):
            raise ProtocolError("an array reaches beyond the body")
        if count == 0 and math.prod(size or 1 for size in shape) > MAX_EMPTY:
            raise ProtocolError("an array of no elements has too large a shape")
        self.taken += count * dtype.itemsize
        if self.taken > len(self.body):
            raise ProtocolError("arrays share their bytes")
        if code == "b1":  # a byte other than 0 and 1 would be a boolean that is neither
            return np.asarray(np.frombuffer(self.body, np.uint8, count, offset) != 0).reshape(shape)
        return np.frombuffer(self.body, dtype, count, offset).reshape(shape).copy()

    @staticmethod
    def _array_fields(content: object) -> tuple[str, list[int], int]:
        if not isinstance(content, list) or len(content) != 3:
            raise ProtocolError("an array needs dtype, shape and offset")
        code, shape, offset = content
        if not isinstance(code, str) or code not in KINDS:
            raise ProtocolError("an array's dtype is not one of those that may cross")
        if not isinstance(shape, list) or len(shape) > MAX_DIMENSIONS or not all(_is_size(n) for n in shape):
            raise ProtocolError("an array's shape is not a short list of sizes")
        if not _is_size(offset):
            raise ProtocolError("an array's offset is not a size")
        return code, shape, offset

    @staticmethod
    def _handle(content: object) -> Handle:
        match content:
            case [int(number), str(name)] if _is_size(number) and number > 0:
                return Handle(number, clean(name[:80]))
        raise ProtocolError("a handle needs a number and a name")


def _is_size(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**48


def _key(value: object) -> object:
    """A dictionary's key without NumPy's scalars, which compare with tuples item by item."""
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, tuple):
        return tuple(_key(item) for item in value)
    if not isinstance(value, str | int | float | complex | None):
        raise ProtocolError("a dictionary's key is not a plain value")
    return value


def _text(value: str) -> str:
    if len(value) > MAX_TEXT:
        raise ProtocolError(f"a text has more than {MAX_TEXT:,} characters")
    return clean(value)


def clean(text: str) -> str:
    """Text that every database and terminal takes: no lone surrogates, no control characters but tab and newline."""
    return UNSAFE.sub("\ufffd", text.encode("utf-8", "replace").decode("utf-8"))


def send_frame(channel: socket.socket, frame: Frame, deadline: float) -> None:
    """Send one frame before `deadline` (of `time.monotonic`). Raises TimeoutError or ChannelClosed."""
    header = json.dumps(frame.header).encode()
    try:
        channel.settimeout(_remaining(deadline))
        channel.sendall(HEAD.pack(len(header), len(frame.body)) + header)
        channel.settimeout(_remaining(deadline))
        channel.sendall(frame.body)
    except (BrokenPipeError, ConnectionResetError):
        raise ChannelClosed from None


def receive_frame(channel: socket.socket, deadline: float, body_limit: int) -> Frame:
    """One frame, whole before `deadline`. Raises TimeoutError, ChannelClosed, or ProtocolError for a bad frame.

    Both sizes are checked before memory is taken for them.
    """
    header_size, body_size = HEAD.unpack(_receive_exactly(channel, HEAD.size, deadline))
    if header_size > MAX_HEADER or body_size > body_limit:
        raise ProtocolError(f"a frame of {header_size} + {body_size} bytes is larger than what may be returned")
    raw = _receive_exactly(channel, header_size, deadline)
    body = _receive_exactly(channel, body_size, deadline)
    _check_structure(raw)
    try:
        header = json.loads(raw.decode("utf-8", "surrogatepass"))
    except (ValueError, RecursionError):
        raise ProtocolError("a frame's header is not JSON") from None
    if not isinstance(header, dict):
        raise ProtocolError("a frame's header is not an object")
    return Frame(header, body)


def _check_structure(raw: bytearray) -> None:
    """Refuse a header of more values than a reply has, before an object is made for each: two bytes become a hundred.

    What stands in quotes is left out. Where this reads the quotes differently from the parser, the parser has already
    met a mistake.
    """
    if len(raw) <= MAX_CONTAINERS:
        return
    plain = raw.replace(b"\\\\", b"").replace(b'\\"', b"")
    if plain.count(b'"') > 2 * MAX_VALUES:
        raise ProtocolError("a frame's header has too many texts")
    outside = b"".join(plain.split(b'"')[::2])
    containers = outside.count(b"[") + outside.count(b"{")
    if containers > MAX_CONTAINERS or containers + outside.count(b",") > MAX_VALUES:
        raise ProtocolError("a frame's header has too many values")


def _receive_exactly(channel: socket.socket, size: int, deadline: float) -> bytearray:
    """`size` bytes; memory grows with what really arrives, not with what was announced."""
    received = bytearray()
    while len(received) < size:
        channel.settimeout(_remaining(deadline))
        try:
            data = channel.recv(min(CHUNK, size - len(received)))
        except ConnectionResetError:
            raise ChannelClosed from None
        if not data:
            raise ChannelClosed
        received += data
    return received


def _remaining(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left
