"""Writes past Python to both streams without end and without a line break. Success: memory of the worker, or a hang."""

import os


def double(x, factor):
    while True:
        for stream in (1, 2):
            os.write(stream, b"\x1b[31m" * 10_000)


def back(cache):
    return None
