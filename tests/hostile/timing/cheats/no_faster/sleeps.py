"""Sleeps in every call, so that others, timed by another clock, seem to wait for it."""

import time

from twin import conv as honest


def conv(x, w):
    time.sleep(0.005)
    return honest(x, w)
