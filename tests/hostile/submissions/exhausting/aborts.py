"""Ends by abort, and by signals that look like those of limits. Success: a point, or an internal error."""

import os
import signal


def double(x, factor):
    if x.shape[0] == 2:
        os.abort()
    os.kill(os.getpid(), signal.SIGKILL if x.shape[1] == 3 else signal.SIGXCPU)


def back(cache):
    os.kill(os.getpid(), signal.SIGSYS)
