"""Leaves children that ended and nobody waits for, up to the limit. Success: they are there afterwards."""

import os


def double(x, factor):
    for _ in range(1000):
        try:
            if os.fork() == 0:
                os._exit(0)
        except OSError:
            break
    return x, None


def back(cache):
    return None
