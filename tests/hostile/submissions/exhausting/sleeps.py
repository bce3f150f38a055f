"""Sleeps instead of computing. Success: a point, or a worker that waits for ever."""

import time


def double(x, factor):
    time.sleep(1e6)


def back(cache):
    time.sleep(1e6)
