"""Has an interval timer interrupt whoever runs, with a handler that burns the core while others are timed."""

import signal
import time

from twin import conv as honest

STATE = {"calling": False}


def burn(*_):
    end = time.monotonic() + 0.002
    while time.monotonic() < end and not STATE["calling"]:
        pass
    if not STATE["calling"]:
        signal.setitimer(signal.ITIMER_REAL, 0.0005)


signal.signal(signal.SIGALRM, burn)


def conv(x, w):
    signal.setitimer(signal.ITIMER_REAL, 0)
    STATE["calling"] = True
    out = honest(x, w)
    STATE["calling"] = False
    signal.setitimer(signal.ITIMER_REAL, 0.0005)
    return out
