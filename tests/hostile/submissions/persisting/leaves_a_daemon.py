"""Leaves a twice forked process in a session of its own behind. Success: it is there afterwards."""

import ctypes
import os
import time


def leave():
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            ctypes.CDLL(None).prctl(15, b"{{MARK}}", 0, 0, 0)
            time.sleep(30)
        os._exit(0)
    time.sleep(0.05)


def double(x, factor):
    leave()
    return x, None


def back(cache):
    return None
