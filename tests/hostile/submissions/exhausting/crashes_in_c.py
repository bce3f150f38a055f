"""Reads at address 0 and writes over the interpreter's own objects. Success: a point, or an internal error."""

import ctypes


def double(x, factor):
    ctypes.string_at(0)


def back(cache):
    ctypes.memset(id(int), 0, 4096)
    return 1 + 1
