"""Takes descriptors out of other processes by pidfd_getfd, and compares them by kcmp. Success: one is taken."""

import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
PIDFD_GETFD = 438


def double(x, factor):
    for pid in {1, 2, os.getppid(), int("{{WORKER}}")} - {os.getpid(), 0}:
        try:
            target = os.pidfd_open(pid)
        except OSError:
            continue
        for number in range(32):
            if libc.syscall(PIDFD_GETFD, target, number, 0) >= 0:
                print("BREACH: took descriptor", number, "of", pid)
    return x, None


def back(cache):
    return None
