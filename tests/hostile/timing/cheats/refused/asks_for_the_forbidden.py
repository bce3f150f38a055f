"""Asks in its fifth call for what nothing but an attack asks for."""

import ctypes
import os
import time

from twin import conv as honest

CALLS = []


def conv(x, w):
    CALLS.append(None)
    if len(CALLS) == 5:
        ctypes.CDLL(None).ptrace(0, 0, 0, 0)
    return honest(x, w)
