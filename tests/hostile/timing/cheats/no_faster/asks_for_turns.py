"""Gives the core away all the time, so that what it waits for is done by others."""

import os

from twin import conv as honest


def conv(x, w):
    for _ in range(20):
        os.sched_yield()
    return honest(x, w)
