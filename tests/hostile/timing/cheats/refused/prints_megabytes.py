"""Prints megabytes in its fifth call."""

import ctypes
import os
import time

from twin import conv as honest

CALLS = []


def conv(x, w):
    CALLS.append(None)
    if len(CALLS) == 5:
        print("." * (8 << 20))
    return honest(x, w)
