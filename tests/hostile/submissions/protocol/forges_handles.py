"""Hands out handles that nobody made: of negative, huge and doubled numbers, with long names. Success: a point."""

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
    numbers = {2: (1 << 70, "x" * 1_000_000), 3: (1, "\x1b[31m<b>numpy.ndarray")}
    number, name = numbers[x.shape[0]]
    send({"seq": asked(), "value": {"tuple": [{"handle": [number, name]}, {"handle": [-1, None]}]}})
    os._exit(0)


def back(cache):
    send({"seq": asked(), "value": {"handle": [True, "expected"]}})
    os._exit(0)
