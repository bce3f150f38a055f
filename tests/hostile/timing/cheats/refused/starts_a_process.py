"""Forks a child that goes on while its parent is stopped."""

import os
import time

from twin import conv as honest


def conv(x, w):
    if os.fork() == 0:
        while True:
            time.monotonic()
    return honest(x, w)
