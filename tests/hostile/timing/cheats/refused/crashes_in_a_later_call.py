"""Ends its process by a fault of memory in its fifth call."""

import ctypes
import os
import time

from twin import conv as honest

CALLS = []


def conv(x, w):
    CALLS.append(None)
    if len(CALLS) == 5:
        ctypes.string_at(1)
    return honest(x, w)
