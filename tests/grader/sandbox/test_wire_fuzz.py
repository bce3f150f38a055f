"""Whatever a hostile sandbox sends, the judge reads plain data or refuses: in bounded memory, before its deadline."""

from __future__ import annotations

import json
import socket
import threading
import time
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import assume, given, settings

from grader.authoring import CheckFailed, expect_close
from grader.sandbox.errors import StudentFault, StudentRaised
from grader.sandbox.inside.values import HEAD
from grader.sandbox.wire import (
    MAX_HASHED,
    MAX_HEADER,
    MEMORY_OF_HEADER,
    ChannelClosed,
    Foreign,
    Frame,
    Packer,
    ProtocolError,
    Unpacker,
    receive_frame,
    send_frame,
)
from scripts import hostile_frames
from scripts.fuzz_wire import peak_memory, read_long
from scripts.hostile_frames import BODY_LIMIT, COLLIDING, WORST, flaw_of_reply, receive, stream_of, worst_frame

TRUE_FRAMES = hostile_frames.true_frames()


def with_value(text: str, body: bytes = b"") -> bytes:
    return stream_of(f'{{"seq":1,"value":{text}}}'.encode("utf-8", "surrogatepass"), body)


@settings(max_examples=600, deadline=None)
@given(hostile_frames.streams())
def test_a_hostile_stream_is_plain_data_or_refused(data):
    try:
        reply = receive(data)
    except (ProtocolError, ChannelClosed):
        return
    assert flaw_of_reply(reply) == ""
    if not isinstance(reply, StudentFault):
        a_check_can_compare(reply.value)


def a_check_can_compare(value: object) -> None:
    try:
        expect_close(value, np.zeros((2, 3)))
    except CheckFailed:
        return


@settings(max_examples=200, deadline=None)
@given(hostile_frames.streams())
def test_what_was_read_can_be_handed_back_to_the_sandbox(data):
    try:
        reply = receive(data)
        value = None if isinstance(reply, StudentFault) else reply.value
    except (ProtocolError, ChannelClosed):
        return
    assume(not holds_a_description(value))
    packer = Packer()
    header = packer.pack(value)
    again = Unpacker(packer.body).unpack(json.loads(json.dumps(header)))
    assert repr(again) == repr(value)


def holds_a_description(value: object) -> bool:
    if isinstance(value, dict):
        return holds_a_description([*value, *value.values()])
    if isinstance(value, list | tuple):
        return any(map(holds_a_description, value))
    return isinstance(value, Foreign | complex) and not isinstance(value, np.generic)


@pytest.mark.parametrize("data", TRUE_FRAMES)
def test_a_frame_that_ends_at_any_byte_is_a_closed_channel(data):
    for end in range(len(data)):
        with pytest.raises(ChannelClosed):
            receive(data[:end])


@pytest.mark.parametrize("size", [1, 2, 7, 64])
def test_a_frame_may_come_in_pieces_of_any_size(size):
    ours, theirs = socket.socketpair()
    data = b"".join(TRUE_FRAMES)
    writer = threading.Thread(target=lambda: [theirs.sendall(data[at : at + size]) for at in range(0, len(data), size)])
    with ours, theirs:
        writer.start()
        frames = [receive_frame(ours, time.monotonic() + 10, BODY_LIMIT) for _ in TRUE_FRAMES]
        writer.join()
    assert [stream_of(json.dumps(frame.header).encode(), bytes(frame.body)) for frame in frames] == TRUE_FRAMES


def test_bytes_after_a_frame_are_left_for_the_next_one():
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(TRUE_FRAMES[0] + b"more")
        receive_frame(ours, time.monotonic() + 10, BODY_LIMIT)
        assert ours.recv(100) == b"more"


def test_a_sender_that_trickles_is_cut_at_the_deadline():
    ours, theirs = socket.socketpair()
    with ours:
        stop = threading.Event()
        writer = threading.Thread(target=trickle, args=(theirs, with_value("0" * 1000), stop))
        writer.start()
        try:
            with pytest.raises(TimeoutError):
                receive_frame(ours, time.monotonic() + 0.3, BODY_LIMIT)
        finally:
            stop.set()
            writer.join()


def trickle(channel: socket.socket, data: bytes, stop: threading.Event) -> None:
    with channel:
        for byte in data:
            channel.sendall(bytes([byte]))
            if stop.wait(0.02):
                return


class SlowChannel:
    """A channel whose peer takes its time over each part of a frame."""

    def __init__(self) -> None:
        self.timeouts: list[float] = []

    def settimeout(self, seconds: float) -> None:
        self.timeouts.append(seconds)

    def sendall(self, data: bytes) -> None:
        time.sleep(0.05)


def test_a_peer_that_reads_slowly_does_not_get_the_time_twice():
    channel = SlowChannel()
    send_frame(channel, Frame({}, b"body"), time.monotonic() + 1)  # type: ignore[arg-type]
    assert len(channel.timeouts) == 2
    assert channel.timeouts[1] <= channel.timeouts[0] - 0.05


def test_descriptors_that_are_sent_along_do_not_arrive():
    ours, theirs = socket.socketpair()
    with ours, theirs:
        before = len(list(Path("/proc/self/fd").iterdir()))
        socket.send_fds(theirs, [TRUE_FRAMES[0]], [theirs.fileno()] * 8)
        receive_frame(ours, time.monotonic() + 10, BODY_LIMIT)
        assert len(list(Path("/proc/self/fd").iterdir())) == before


@pytest.mark.parametrize("name", sorted(WORST))
def test_no_header_takes_more_memory_than_is_stated(name):
    data = worst_frame(name)
    assert len(data) <= HEAD.size + MAX_HEADER + BODY_LIMIT
    assert peak_memory(data) <= MEMORY_OF_HEADER + 3 * BODY_LIMIT


def test_the_memory_that_is_stated_is_not_ten_times_what_is_needed():
    assert peak_memory(worst_frame("texts of two characters")) > MEMORY_OF_HEADER / 10


def test_memory_grows_with_what_arrives_and_not_with_what_is_announced(monkeypatch):
    monkeypatch.setattr(hostile_frames, "BODY_LIMIT", 64 << 20)
    announced = HEAD.pack(2, 64 << 20) + b"{}" + bytes(10)
    assert read_long(announced) == "the channel ends before the frame"
    assert peak_memory(announced) < 4 << 20


def test_a_body_takes_at_most_three_times_its_size(monkeypatch):
    size = 16 << 20
    monkeypatch.setattr(hostile_frames, "BODY_LIMIT", size)
    assert peak_memory(with_value(f'{{"array":["u1",[{size}],0]}}', bytes(size))) <= 3 * size


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"array":["f8",[0,140737488355328,140737488355328],0]}', "too large a shape"),
        ('{"array":["u1",[0,67108865],0]}', "too large a shape"),
        ('{"list":[{"array":["u1",[8],0]},{"array":["u1",[1],7]}]}', "share their bytes"),
        ('{"list":[' + ",".join(['{"array":["u1",[8],0]}'] * 1000) + "]}", "share their bytes"),
        (str(2**4096), "more than 4096 bits"),
        ('{"handle":[true,"x"]}', "a number and a name"),
        ('{"handle":[281474976710656,"x"]}', "a number and a name"),
        ('{"dict":[[{"handle":[1,"x"]},0]]}', "not a plain value"),
        ('{"dict":[[{"tuple":[{"handle":[1,"x"]}]},0]]}', "not a plain value"),
        ('"' + "x" * 1_000_001 + '"', "more than 1,000,000 characters"),
        ("[" * 100_000, "not JSON"),
        ("1" * 5000, "not JSON"),
    ],
)
def test_a_hostile_value_is_refused_by_name(text, message):
    with pytest.raises(ProtocolError, match=message):
        read_whole(with_value(text, bytes(8)))


def read_whole(data: bytes) -> object:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        writer = threading.Thread(target=theirs.sendall, args=(data,))
        writer.start()
        try:
            return hostile_frames.read(receive_frame(ours, time.monotonic() + 10, BODY_LIMIT))
        finally:
            writer.join()


def test_an_empty_array_keeps_an_ordinary_shape():
    reply = receive(with_value('{"array":["f4",[0,3,32,32],0]}'))
    assert reply.value.shape == (0, 3, 32, 32)


def test_a_header_in_another_encoding_is_refused():
    with pytest.raises(ProtocolError, match="not JSON"):
        receive(stream_of('{"seq":1,"value":0}'.encode("utf-16"), b""))


def test_keys_whose_hashes_collide_are_counted():
    def dictionary(count: int) -> dict:
        return {"dict": [[COLLIDING * (n + 2), 0] for n in range(count)]}

    assert len(Unpacker(b"").unpack(dictionary(MAX_HASHED))) == MAX_HASHED
    with pytest.raises(ProtocolError, match="neither text nor small integers"):
        Unpacker(b"").unpack({"list": [dictionary(MAX_HASHED), dictionary(1)]})


def test_text_and_small_integers_may_be_keys_without_number():
    pairs = [[n, 0] for n in range(20_000)] + [[str(n), 0] for n in range(20_000)]
    assert len(Unpacker(b"").unpack({"dict": pairs})) == 40_000


def test_numpy_scalars_as_keys_become_plain_numbers():
    packer = Packer()
    pairs = [[packer.pack(np.int64(3)), "three"], [{"tuple": [packer.pack(np.float32(0.5))]}, "half"]]
    value = Unpacker(packer.body).unpack({"dict": pairs})
    assert value == {3: "three", (0.5,): "half"}
    assert [type(key) for key in value] == [int, tuple]
    assert type(next(reversed(value))[0]) is float


@pytest.mark.parametrize("tag", ["array", "tensor"])
def test_a_boolean_is_true_or_false(tag):
    value = Unpacker(bytes([0, 1, 2, 255])).unpack({tag: ["b1", [4], 0]})
    assert np.asarray(value).view(np.uint8).tolist() == [0, 1, 1, 1]


def test_a_tensor_is_refused_where_the_sandbox_has_no_torch():
    forged = {"tensor": ["f4", [1], 0]}
    assert torch.equal(Unpacker(bytes(4)).unpack(forged), torch.zeros(1))
    with pytest.raises(ProtocolError, match="unknown tag 'tensor'"):
        Unpacker(bytes(4), tensors=False).unpack(forged)


def test_an_error_is_read_whatever_its_fields_are():
    frames = json.dumps([["a\u202e\u0000.py", 3, "f"]] * 50)
    error = f'{{"kind":"exception","type":"T","message":"{"m" * 5000}","frames":{frames}}}'
    fault = receive(stream_of(f'{{"seq":1,"error":{error}}}'.encode(), b""))
    assert isinstance(fault, StudentRaised)
    assert len(fault.frames) == 20
    assert len(fault.message) == 2000
    assert fault.frames[0].file == "a\u202e\ufffd.py"


@pytest.mark.parametrize(
    "fields",
    [
        '"type":[[[]]]',
        '"type":7',
        '"frames":[["a.py",true,"f"]]',
        '"frames":[["a.py",' + "9" * 4000 + ',"f"]]',
        '"frames":[["a.py",-1,"f"]]',
    ],
)
def test_an_error_with_fields_of_other_types_is_refused(fields):
    with pytest.raises(ProtocolError):
        receive(stream_of(f'{{"seq":1,"error":{{"kind":"exception","message":"",{fields}}}}}'.encode(), b""))
