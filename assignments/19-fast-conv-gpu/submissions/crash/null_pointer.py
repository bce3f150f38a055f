"""Reads memory that is not its own: the process dies in the middle of the call."""

import ctypes


def conv_forward(x, w, b, stride, pad):
    ctypes.string_at(0)
