"""Does not return from its fifth call."""

import ctypes
import os
import time

from twin import conv as honest

CALLS = []


def conv(x, w):
    CALLS.append(None)
    if len(CALLS) == 5:
        time.sleep(60)
    return honest(x, w)
