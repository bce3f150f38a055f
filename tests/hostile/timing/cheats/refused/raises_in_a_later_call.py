"""Raises in its fifth call."""

import ctypes
import os
import time

from twin import conv as honest

CALLS = []


def conv(x, w):
    CALLS.append(None)
    if len(CALLS) == 5:
        raise ValueError("in the fifth call")
    return honest(x, w)
