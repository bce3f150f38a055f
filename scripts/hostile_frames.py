"""What a hostile sandbox may send: random and mutated frames, the costliest headers, and how the judge reads them.

Used by the tests of the wire (tests/grader/sandbox/test_wire_fuzz.py) and by `make fuzz-wire`.
"""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np
from hypothesis import strategies as st

from grader.contract import Limits
from grader.sandbox.errors import StudentFault, StudentRaised
from grader.sandbox.inside.values import HEAD, KINDS, MAX_ITEMS, MAX_TEXT
from grader.sandbox.replies import Reply, fault_from, read_reply
from grader.sandbox.wire import MAX_HEADER, Foreign, Frame, Handle, Packer, receive_frame

T = TypeVar("T")
BODY_LIMIT = 1 << 16
SECONDS = 10.0
COLLIDING = 2**61 - 1
"""Its multiples all have the hash 0."""


def read(frame: Frame) -> Reply | StudentFault:
    """What the judge makes of a frame, once it is received. Raises ProtocolError."""
    if "error" in frame.header:
        return fault_from(frame.header["error"], Limits())
    return read_reply(frame)


def receive(data: bytes) -> Reply | StudentFault:
    """What the judge makes of a stream that ends after `data`, at most 64 KiB. Raises ProtocolError, ChannelClosed."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(data)
        theirs.shutdown(socket.SHUT_WR)
        return read(receive_frame(ours, time.monotonic() + SECONDS, BODY_LIMIT))


def flaw_of_reply(reply: Reply | StudentFault) -> str:
    """What is wrong with a reply that was read, if anything."""
    if isinstance(reply, StudentRaised):
        lines = [(frame.file, frame.line, frame.function) for frame in reply.frames]
        return flaw([str(reply), lines])
    return flaw(str(reply)) if isinstance(reply, StudentFault) else flaw([reply.value, reply.mutated, reply.aliased])


def flaw(value: object) -> str:
    """What is wrong with a value that was read: of a type that may not cross, or with text that may not be shown."""
    if value is None or type(value) in (bool, int, float, complex):
        return ""
    if isinstance(value, str):
        return _flaw_of_text(value)
    if isinstance(value, dict):
        return next(filter(None, map(flaw, (*value, *value.values()))), "")
    if isinstance(value, list | tuple):
        return next(filter(None, map(flaw, value)), "")
    if isinstance(value, Handle):
        return _flaw_of_text(value.type_name)
    if isinstance(value, Foreign):
        return _flaw_of_text(value.what)
    if type(value).__name__ == "Tensor":
        return flaw(value.numpy())  # type: ignore[attr-defined]
    return _flaw_of_array(value)


def _flaw_of_text(text: str) -> str:
    bad = [c for c in text if c not in "\t\n" and (c < " " or "\x7f" <= c <= "\x9f" or "\ud800" <= c <= "\udfff")]
    return f"characters that may not be shown: {bad[:3]!r}" if bad else ""


def _flaw_of_array(value: object) -> str:
    if not isinstance(value, np.ndarray | np.generic) or value.dtype.str[1:] not in KINDS:
        return f"a {type(value).__name__} came through"
    if value.dtype == bool and np.asarray(value).view(np.uint8).max(initial=0) > 1:
        return "a boolean is neither true nor false"
    return ""


ODD_NUMBERS = ["0", "-0", "1", "-1", "1.0", "1e3", "1e999", "-1e999", "NaN", "Infinity", "-Infinity", "true", "null"]
ODD_NUMBERS += [str(2**power + off) for power in (24, 31, 32, 47, 48, 61, 63, 64, 4096) for off in (-1, 0, 1)]
ODD_NUMBERS += [str(COLLIDING * 3), "-" + "9" * 1300, "1" * 4301, "1" * 10_000, "0." + "1" * 2000, "01", "1_0", "٣"]
NUMBERS = st.integers(0, len(ODD_NUMBERS) - 1).map(lambda index: ODD_NUMBERS[index]) | st.integers().map(str)
ODD_TEXTS = [
    '""',
    '"x"',
    '"\\ud800"',
    '"\\u0000\\u001b[2J"',
    '"\x7f\x9b"',
    '"\\udc00\\ud800"',
    '"\u202e\u0301\u0301"',
    '"\\x"',
    '"',
    '"\ud800"',
]
TEXTS = st.sampled_from(ODD_TEXTS) | st.text(max_size=20).map(json.dumps)
ODD_CODES = ["O", "V8", "U4", ">f8", "<f8", "m8", "f16", "", "f8,f8", "object"]
CODES = st.sampled_from([*sorted(KINDS), *ODD_CODES]).map(json.dumps)
SIZES = st.sampled_from(["0", "1", "2", "3", "4", "5", "8"]) | NUMBERS
PRINTED = st.sampled_from(["null", "true", "false", "{}", "[]"]) | NUMBERS | TEXTS


def listed(items: st.SearchStrategy[str], most: int = 4) -> st.SearchStrategy[str]:
    """JSON text of a list of what is given as JSON texts."""
    return st.lists(items, max_size=most).map(lambda parts: f"[{','.join(parts)}]")


def tagged(tag: st.SearchStrategy[str], content: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """JSON text of an object with one key."""
    return st.tuples(tag.map(json.dumps), content).map(lambda pair: f"{{{pair[0]}:{pair[1]}}}")


ARRAYS = st.tuples(CODES, listed(SIZES, 5), SIZES).map(lambda parts: f"[{','.join(parts)}]")
HANDLES = st.tuples(NUMBERS, TEXTS).map(lambda parts: f"[{','.join(parts)}]")
TAGS = ("list", "tuple", "dict", "array", "scalar", "tensor", "handle", "foreign", "seeded", "pickle", "")
LEAVES = (
    PRINTED
    | tagged(st.sampled_from(["array", "scalar", "tensor"]), ARRAYS)
    | tagged(st.just("handle"), HANDLES)
    | tagged(st.just("foreign"), TEXTS)
)


def _nested(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    pairs = listed(st.tuples(inner, inner).map(lambda pair: f"[{pair[0]},{pair[1]}]"))
    right = tagged(st.sampled_from(["list", "tuple"]), listed(inner)) | tagged(st.just("dict"), pairs)
    wrong = tagged(st.sampled_from(TAGS), inner) | listed(inner) | tagged(TEXTS, inner)
    deep = st.tuples(st.sampled_from(['{"list":[', "[", '{"tuple":[']), st.integers(1, 1200), inner).map(_deep)
    return right | wrong | deep


def _deep(parts: tuple[str, int, str]) -> str:
    opening, depth, inner = parts
    closing = "".join("]" if c == "[" else "}" for c in reversed(opening) if c in "[{")
    return opening * depth + inner + closing * depth


WILD = st.recursive(LEAVES, _nested, max_leaves=8)


def _mostly(usual: st.SearchStrategy[T], odd: st.SearchStrategy[T]) -> st.SearchStrategy[T]:
    """Nine times in ten the usual."""
    return st.integers(0, 9).flatmap(lambda number: odd if number == 9 else usual)


def _fits(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    pairs = st.tuples(_mostly(FITTING_LEAVES, inner), inner).map(lambda pair: f"[{pair[0]},{pair[1]}]")
    return tagged(st.sampled_from(["list", "tuple"]), listed(inner)) | tagged(st.just("dict"), listed(pairs))


ODD_SIZES = ["4", str(2**24), str(2**40), str(2**47)]
FITTING_SIZES = _mostly(st.sampled_from(["0", "1", "2", "3"]), st.sampled_from(ODD_SIZES))
FITTING_SHAPES = _mostly(listed(FITTING_SIZES, 4), listed(SIZES, 40))
FITTING_CODES = _mostly(st.sampled_from(['"b1"', '"u1"', '"u8"', '"f2"', '"f8"', '"c16"']), CODES)
FITTING_OFFSETS = _mostly(st.integers(0, 64).map(str), SIZES)
FITTING_ARRAYS = st.tuples(FITTING_CODES, FITTING_SHAPES, FITTING_OFFSETS).map(lambda parts: f"[{','.join(parts)}]")
FITTING_LEAVES = (
    tagged(st.sampled_from(["array", "tensor"]), FITTING_ARRAYS)
    | tagged(st.just("scalar"), FITTING_CODES.map(lambda code: f"[{code},[],0]"))
    | tagged(st.just("handle"), HANDLES)
    | _mostly(st.integers(-3, 3).map(str) | st.just("0.5"), NUMBERS | tagged(st.just("foreign"), TEXTS))
    | st.text(max_size=3).map(json.dumps)
)
FITTING = st.recursive(FITTING_LEAVES, _fits, max_leaves=12)
"""Values that fit the protocol but for one odd thing here and there: they get further than WILD ones."""

VALUES = _mostly(FITTING, WILD)
ERROR_KINDS = ["missing", "form", "too_large", "nested", "memory", "exception", "odd"]
LINES = st.tuples(TEXTS, _mostly(st.integers(-1, 99).map(str), NUMBERS), TEXTS).map(lambda p: f"[{','.join(p)}]")
FIELDS = {
    "kind": _mostly(st.sampled_from(ERROR_KINDS).map(json.dumps), VALUES),
    "message": _mostly(TEXTS, VALUES),
    "type": _mostly(TEXTS, VALUES),
    "limit": _mostly(st.sampled_from(["processes", "tmp_size", "odd"]).map(json.dumps), VALUES),
    "frames": _mostly(listed(LINES), VALUES),
}


def _object(fields: dict[str, st.SearchStrategy[str]]) -> st.SearchStrategy[str]:
    """JSON text of an object with most of the fields, and perhaps one of them twice."""
    twice = st.sampled_from(sorted(fields)).map(lambda name: [name])
    pairs = _mostly(st.just([]), twice).flatmap(lambda extra: _pairs_of(fields, [*sorted(fields), *extra]))
    return pairs.map(lambda text: f"{{{text}}}")


def _pairs_of(fields: dict[str, st.SearchStrategy[str]], names: list[str]) -> st.SearchStrategy[str]:
    texts = [fields[name].map(lambda text, name=name: f"{json.dumps(name)}:{text}") for name in names]
    return st.tuples(*texts).map(",".join)


ERRORS = _mostly(_object(FIELDS), VALUES)
ANSWERS = VALUES.map(lambda value: f'{{"seq":1,"value":{value}}}')
HEADERS = (
    ANSWERS
    | ANSWERS
    | ERRORS.map(lambda error: f'{{"seq":1,"error":{error}}}')
    | _object({"seq": NUMBERS, "value": VALUES, "mutated": listed(TEXTS) | VALUES, "aliased": listed(TEXTS) | VALUES})
    | VALUES
)


@st.composite
def streams(draw: st.DrawFn) -> bytes:
    """The bytes of a frame, mostly well formed around a hostile header; sometimes lying, cut, changed or followed."""
    header = draw(HEADERS).encode("utf-8", "surrogatepass")
    body = draw(st.binary(max_size=64))
    lies = draw(st.sampled_from([(0, 0)] * 20 + [(1, 0), (-1, 0), (7, 0), (2**20, 0), (2**31, 0), (0, 1), (0, 2**40)]))
    sizes = (max(0, len(header) + lies[0]) % 2**32, len(body) + lies[1])
    data = bytearray(HEAD.pack(*sizes) + header + body)
    changes = st.lists(st.tuples(st.integers(0, 2**16), st.integers(0, 255)), max_size=2)
    for position, byte in draw(st.sampled_from([st.just([])] * 5 + [changes]).flatmap(lambda choice: choice)):
        data[position % len(data)] = byte
    cut = draw(st.sampled_from([1.0] * 20 + [0.2, 0.7, 0.95]))
    return bytes(data[: int(cut * len(data))]) + draw(st.sampled_from([b""] * 4 + [b"\0" * 12, b"{}"]))


def _wide(length: int) -> str:
    """A text of which one character makes all take four bytes in memory."""
    return f'"{chr(0x1F600)}{"a" * (length - 1)}"'


def many(item: str, count: int | None = None) -> str:
    """A list of as many items as a header has room for, or of `count`."""
    room = (MAX_HEADER - 40) // (len(item.encode()) + 1)
    return f"[{','.join([item] * (room if count is None else min(room, count)))}]"


def _pairs(keys: list[str]) -> str:
    return '{"dict":[' + ",".join(f"[{key},0]" for key in keys) + "]}"


def _colliding_tuples() -> list[str]:
    """Pairs of integers: only the first differs, by multiples that leave its hash as it is."""
    return [f'{{"tuple":[{COLLIDING * n},7]}}' for n in range(MAX_ITEMS // 2)]


OBJECT = '{"":0}'
EMPTY_DEEP = f'{{"array":["f8",[{",".join("0" * 16)}],0]}}'
WORST: dict[str, Callable[[], str]] = {
    "empty lists": lambda: many("[]"),
    "brackets alone": lambda: "[" * (MAX_HEADER - 40),
    "lists in lists": lambda: many("[" * 900 + "]" * 900),
    "objects": lambda: many('{"":0}'),
    "objects, as many as are let in": lambda: many('{"":0}', 4 * MAX_ITEMS - 2),
    "lists in lists, as many as are let in": lambda: many("[" * 900 + "]" * 900, 4 * MAX_ITEMS // 900),
    "numbers": lambda: many("0.1", 8 * MAX_ITEMS - 2),
    "integers of 4300 digits": lambda: many("9" * 4300),
    "an integer of a million digits": lambda: "9" * 1_000_000,
    "a number of millions of digits": lambda: "0." + "1" * (MAX_HEADER - 40),
    "texts of two characters": lambda: many('"ab"', 8 * MAX_ITEMS - 2),
    "texts of characters of four bytes": lambda: many(f'"{chr(0x1F600) * 1000}"'),
    "a text of characters of two bytes": lambda: f'"{chr(0x44B) * ((MAX_HEADER - 40) // 2)}"',
    "an accent on every letter": lambda: f'"{("e" + chr(0x301)) * (MAX_TEXT // 2)}"',
    "a text of controls": lambda: '"' + "a\x7f" * (MAX_TEXT // 2) + '"',
    "texts of controls": lambda: '{"list":' + many('"' + "a\x7f" * (MAX_TEXT // 2) + '"') + "}",
    "one wide character makes the header wide": lambda: _wide(MAX_HEADER - 60),
    "quotes": lambda: many('""'),
    "escaped quotes": lambda: '"' + '\\"' * (MAX_HEADER // 2 - 40) + '"',
    "backslashes": lambda: '"' + "\\\\" * (MAX_HEADER // 2 - 40) + '"',
    "a tag of millions of characters": lambda: '{"' + "t" * (MAX_HEADER - 60) + '":0}',
    "items": lambda: '{"list":' + many("0", 2 * MAX_ITEMS - 2) + "}",
    "empty arrays": lambda: '{"list":' + many('{"array":["f8",[0],0]}') + "}",
    "empty arrays, as many as are let in": lambda: '{"list":' + many('{"array":["f8",[0],0]}', MAX_ITEMS) + "}",
    "empty arrays of 16 dimensions": lambda: '{"list":' + many(EMPTY_DEEP, 8 * MAX_ITEMS // 21) + "}",
    "empty tensors": lambda: '{"list":' + many('{"tensor":["f8",[0],0]}', MAX_ITEMS) + "}",
    "handles": lambda: '{"list":' + many('{"handle":[1,"nnnnnnnnnn"]}', 2 * MAX_ITEMS - 2) + "}",
    "the same body again and again": lambda: '{"list":' + many('{"array":["u1",[65536],0]}', MAX_ITEMS) + "}",
    "keys with one hash": lambda: _pairs([str(COLLIDING * n) for n in range(MAX_ITEMS)]),
    "keys with one hash, as many as are let in": lambda: _pairs([str(COLLIDING * n) for n in range(4096)]),
    "tuples with one hash": lambda: _pairs(_colliding_tuples()[:50_000]),
    "tuples with one hash, as many as are let in": lambda: _pairs(_colliding_tuples()[:4096]),
    "everything at once": lambda: f"{many(_wide(1000), 1700)[:-1]},{many(OBJECT, 4 * MAX_ITEMS - 2000)[1:]}",
    "keys that share their low bits": lambda: _pairs([str(n << 43) for n in range(MAX_ITEMS // 2 - 1)]),
}
"""Texts of a reply's value that cost the judge most, below MAX_HEADER with what stands around them."""


def worst_frame(name: str) -> bytes:
    """The stream of one of WORST."""
    header = f'{{"seq":1,"value":{WORST[name]()}}}'.encode("utf-8", "surrogatepass")
    return stream_of(header, bytes(BODY_LIMIT))


def true_frames() -> list[bytes]:
    """Streams that an honest sandbox sends."""
    values: list[Any] = [
        None,
        {"out": np.arange(6.0).reshape(2, 3), "loss": np.float32(0.5)},
        [(1, "x"), {(0, 1): True}, np.zeros((0, 3), bool), -(2**70)],
    ]
    headers: list[tuple[dict[str, Any], bytes]] = []
    for value in values:
        packer = Packer()
        headers.append(({"seq": 1, "value": packer.pack(value), "mutated": ["x"], "aliased": []}, packer.body))
    headers.append(({"seq": 1, "value": {"tuple": [{"handle": [1, "LeNet5"]}, {"foreign": "an odd array"}]}}, b""))
    frames = [["conv.py", 3, "forward"]]
    error = {"kind": "exception", "type": "ValueError", "message": "no", "frames": frames}
    headers.append(({"seq": 1, "error": error}, b""))
    return [stream_of(json.dumps(header).encode(), body) for header, body in headers]


def stream_of(header: bytes, body: bytes) -> bytes:
    """A frame's bytes."""
    return HEAD.pack(len(header), len(body)) + header + body
