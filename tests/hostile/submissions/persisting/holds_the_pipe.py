"""Ends while a child keeps its output and its channel open, so that the worker waits for both. Success: it waits."""

import os
import time


def double(x, factor):
    if os.fork() == 0:
        time.sleep(1e6)
    os._exit(0)


def back(cache):
    return None
