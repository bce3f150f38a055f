"""Stops itself by SIGSTOP, so that it neither runs nor ends. Success: a worker that waits for ever."""

import os
import signal


def double(x, factor):
    os.kill(os.getpid(), signal.SIGSTOP)
    return x, None


def back(cache):
    os.killpg(0, signal.SIGSTOP)
