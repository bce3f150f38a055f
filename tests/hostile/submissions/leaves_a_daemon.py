"""Leaves processes behind that wait for the next submission. Success: one of them is still there afterwards."""

import os
import time


def double(x, factor):
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            os.execv("/usr/bin/sleep", ["canary-daemon", "300"])
        os._exit(0)
    time.sleep(0.05)
    return x, None


def back(cache):
    return None
