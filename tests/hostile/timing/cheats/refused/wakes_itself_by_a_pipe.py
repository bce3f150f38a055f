"""Fills its output and has the kernel send it SIGCONT as soon as that is read, while others are timed."""

import fcntl
import os
import signal
import time

from twin import conv as honest

F_SETSIG = 10
STATE = {"calling": True, "calls": 0}


def burn(*_):
    end = time.monotonic() + 0.01
    while time.monotonic() < end and not STATE["calling"]:
        pass


signal.signal(signal.SIGCONT, burn)
fcntl.fcntl(1, fcntl.F_SETOWN, os.getpid())
fcntl.fcntl(1, F_SETSIG, signal.SIGCONT)
fcntl.fcntl(1, fcntl.F_SETFL, os.O_ASYNC | os.O_NONBLOCK | os.O_WRONLY)


def conv(x, w):
    STATE["calling"] = True
    out = honest(x, w)
    STATE["calling"] = False
    STATE["calls"] += 1
    try:
        while STATE["calls"] % 3 == 0 and os.write(1, b"." * 4096):
            pass
    except BlockingIOError:
        pass
    return out
