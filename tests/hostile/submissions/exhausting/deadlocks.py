"""Waits for a lock that it holds itself, and for a pipe that nobody fills. Success: a worker that waits for ever."""

import os
import threading

lock = threading.Lock()


def double(x, factor):
    lock.acquire()
    lock.acquire()


def back(cache):
    return os.read(os.pipe()[0], 1)
