"""Leaves the process in its fifth call, with success."""

import ctypes
import os
import time

from twin import conv as honest

CALLS = []


def conv(x, w):
    CALLS.append(None)
    if len(CALLS) == 5:
        os._exit(0)
    return honest(x, w)
