"""Answers with a traceback of absurd lines and files of the judge. Success: their text, or an internal error."""

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
    frames = [["checks.py", n, "f\x00\x1b[2J"] for n in range(-20, 20)] + [["twice.py", 1 << 70, "g"]]
    error = {"kind": "exception", "type": "E\ud800" * 10_000, "message": "\x9b" * 10_000_00, "frames": frames}
    send({"seq": asked(), "error": error})
    os._exit(0)


def back(cache):
    send({"seq": asked(), "error": {"kind": "exception", "message": "", "frames": [["twice.py", -5, "f"]] * 9}})
    os._exit(0)
