"""Sends half of an answer and then nothing more, or ends. Success: the judge waits past its deadline."""

import json
import os
import stat
import struct
import sys
import time


def channel():
    """The descriptor of the runner's channel to the judge."""
    for number in range(3, 256):
        try:
            if stat.S_ISSOCK(os.fstat(number).st_mode):
                return number
        except OSError:
            continue


def asked():
    """The number of the question that is being answered."""
    frame = sys._getframe()
    while frame is not None:
        if isinstance(frame.f_locals.get("request"), dict):
            return frame.f_locals["request"].get("seq", 0)
        frame = frame.f_back
    return 0


def send(header, body=b"", announced=None):
    """Write a frame by hand."""
    data = header if isinstance(header, bytes) else json.dumps(header).encode()
    sizes = announced or (len(data), len(body))
    os.write(channel(), struct.pack(">IQ", *sizes) + data + body)


def double(x, factor):
    answer = json.dumps({"seq": asked(), "value": 1}).encode()
    os.write(channel(), struct.pack(">IQ", len(answer), 1 << 20) + answer[: len(answer) // 2])
    if x.shape[0] == 2:
        os._exit(0)
    time.sleep(1e6)


def back(cache):
    os.write(channel(), b"\x00")
    os._exit(0)
