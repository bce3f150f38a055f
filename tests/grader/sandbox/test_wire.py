"""The wire carries plain data faithfully, and hostile bytes never raise anything but our own errors."""

from __future__ import annotations

import json
import socket
import struct
import threading
import time

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from grader.sandbox.inside.values import Decoder, Encoder, Refused
from grader.sandbox.wire import (
    ChannelClosed,
    Foreign,
    Frame,
    Handle,
    Packer,
    ProtocolError,
    Seeded,
    Unpacker,
    clean,
    receive_frame,
    send_frame,
)

LIMIT = 1 << 20
DTYPES = ["?", "i1", "i4", "i8", "u2", "f2", "f4", "f8", "c16", ">f8", ">i4"]
ARRAYS = st.sampled_from(DTYPES).flatmap(lambda d: hnp.arrays(d, hnp.array_shapes(min_dims=0, max_dims=4, min_side=0)))
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
KEYS = st.text() | st.integers()
VALUES = st.recursive(
    SCALARS | ARRAYS,
    lambda inner: st.lists(inner, max_size=3) | st.tuples(inner, inner) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=8,
)


def same(a, b) -> bool:
    if isinstance(a, np.ndarray):
        return (
            a.shape == b.shape
            and a.dtype == b.dtype.newbyteorder("=")
            and np.array_equal(a, b, equal_nan=a.dtype.kind in "fc")
        )
    if isinstance(a, list | tuple):
        return type(a) is type(b) and len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, dict):
        return list(a) == list(b) and all(same(a[key], b[key]) for key in a)
    if isinstance(a, float):
        return a == b or (a != a and b != b)
    return type(a) is type(b) and a == b


def out_and_back(value):
    """From the judge into the sandbox, and back to the judge."""
    packer = Packer()
    header = json.loads(json.dumps(packer.pack(value)))
    inside = Decoder(memoryview(bytearray(packer.body)), {}).decode(header)
    encoder = Encoder(lambda _: 1, LIMIT)
    header = json.loads(json.dumps(encoder.encode(inside)))
    return Unpacker(b"".join(encoder.body)).unpack(header)


def cleaned(value):
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, np.ndarray):
        return value.astype(value.dtype.newbyteorder("="))
    if isinstance(value, list | tuple):
        return type(value)(cleaned(item) for item in value)
    if isinstance(value, dict):
        return {cleaned(key): cleaned(item) for key, item in value.items()}
    return value


@settings(max_examples=150, deadline=None)
@given(VALUES)
def test_values_cross_and_come_back_as_they_were(value):
    assert same(out_and_back(value), cleaned(value))


def test_tensors_generators_and_numpy_scalars_cross():
    assert torch.equal(out_and_back(torch.arange(6.0).reshape(2, 3)), torch.arange(6.0).reshape(2, 3))
    assert out_and_back(np.float32(1.5)) == np.float32(1.5)
    packer = Packer()
    generator = Decoder(memoryview(b""), {}).decode(packer.pack(Seeded(5)))
    assert generator.integers(1000) == np.random.default_rng(5).integers(1000)


def test_objects_cross_as_handles_and_arrays_of_objects_as_a_description():
    kept = []
    encoder = Encoder(lambda value: kept.append(value) or len(kept), LIMIT)
    thing = object()
    header = encoder.encode([thing, np.array([thing])])
    handle, foreign = Unpacker(b"").unpack(header)
    assert handle == Handle(1, "object")
    assert kept == [thing]
    assert isinstance(foreign, Foreign)
    assert "dtype object" in foreign.what


def test_array_subclasses_cross_as_plain_arrays():
    class Forged(np.ndarray):
        def __eq__(self, other):
            return True

        def __array__(self, *args, **kwargs):
            raise AssertionError

    encoder = Encoder(lambda _: 1, LIMIT)
    header = encoder.encode(np.arange(3.0).view(Forged))
    back = Unpacker(b"".join(encoder.body)).unpack(header)
    assert type(back) is np.ndarray
    assert back.tolist() == [0.0, 1.0, 2.0]


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (np.broadcast_to(np.float64(0), (1 << 20, 1 << 9)), "too_large"),
        ([0] * 200_000, "too_large"),
        ("x" * 2_000_000, "too_large"),
        (1 << 100_000, "too_large"),
    ],
    ids=["array", "list", "text", "integer"],
)
def test_what_is_too_large_is_refused_before_memory_is_taken(value, kind):
    with pytest.raises(Refused) as refusal:
        Encoder(lambda _: 1, LIMIT).encode(value)
    assert refusal.value.kind == kind


def test_a_list_that_holds_itself_is_refused():
    value: list = []
    value.append(value)
    with pytest.raises(Refused, match="nested deeper"):
        Encoder(lambda _: 1, LIMIT).encode(value)


@pytest.mark.parametrize(
    "header",
    [
        {"array": ["O", [1], 0]},
        {"array": ["f8", [1 << 40], 0]},
        {"array": ["f8", [-1], 0]},
        {"array": ["f8", [True], 0]},
        {"array": ["f8", [1] * 64, 0]},
        {"array": ["f8", [1], 1]},
        {"array": ["f8", [1], -8]},
        {"array": ["<V8", [1], 0]},
        {"array": "f8"},
        {"scalar": ["f8", [1], 0]},
        {"dict": [[1]]},
        {"dict": [[{"list": []}, 1]]},
        {"dict": [[{"tuple": [{"list": []}]}, 1]]},
        {"handle": [0, "x"]},
        {"handle": ["1", "x"]},
        {"pickle": "gASV"},
        {"list": {}, "tuple": []},
        {},
        [1, 2],
    ],
)
def test_a_malformed_value_raises_protocol_error(header):
    with pytest.raises(ProtocolError):
        Unpacker(b"12345678").unpack(header)


def test_deep_nesting_raises_protocol_error():
    header: object = 1
    for _ in range(100):
        header = {"list": [header]}
    with pytest.raises(ProtocolError):
        Unpacker(b"").unpack(header)


def delivered(data: bytes, body_limit: int = 1 << 16) -> Frame:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        sender = threading.Thread(target=lambda: (theirs.sendall(data), theirs.shutdown(socket.SHUT_WR)))
        sender.start()
        try:
            return receive_frame(ours, time.monotonic() + 5, body_limit)
        finally:
            ours.close()
            sender.join()


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=400))
def test_random_bytes_raise_nothing_but_our_own_errors(data):
    with pytest.raises((ProtocolError, ChannelClosed)):
        delivered(data)


GOOD = Packer()
GOOD_HEADER = json.dumps({"seq": 1, "value": GOOD.pack({"a": [np.arange(6.0), (1, "x")]})}).encode()
GOOD_FRAME = struct.pack(">IQ", len(GOOD_HEADER), len(GOOD.body)) + GOOD_HEADER + GOOD.body


@settings(max_examples=400, deadline=None)
@given(st.lists(st.tuples(st.integers(0, len(GOOD_FRAME) - 1), st.integers(0, 255)), min_size=1, max_size=4))
def test_a_mutated_frame_is_read_or_refused(changes):
    data = bytearray(GOOD_FRAME)
    for position, byte in changes:
        data[position] = byte
    try:
        frame = delivered(bytes(data))
        Unpacker(frame.body).unpack(frame.header.get("value"))
    except (ProtocolError, ChannelClosed):
        return


def test_a_frame_that_announces_more_than_the_limit_is_refused_before_it_arrives():
    with pytest.raises(ProtocolError, match="larger than what may be returned"):
        delivered(struct.pack(">IQ", 2, 1 << 50) + b"{}")


def test_a_peer_that_stops_in_the_middle_runs_into_the_deadline():
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(GOOD_FRAME[:20])
        with pytest.raises(TimeoutError):
            receive_frame(ours, time.monotonic() + 0.2, 1 << 16)


def test_a_peer_that_does_not_read_runs_into_the_deadline():
    ours, theirs = socket.socketpair()
    with ours, theirs, pytest.raises(TimeoutError):
        send_frame(ours, Frame({}, bytes(1 << 24)), time.monotonic() + 0.2)


def test_text_is_cleaned_of_what_databases_and_terminals_do_not_take():
    assert clean("a\x00b\x1b[31m\ud800\tc\n\x9b") == "a\ufffdb\ufffd[31m?\tc\n\ufffd"
