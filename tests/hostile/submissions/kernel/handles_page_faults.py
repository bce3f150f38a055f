"""Handles page faults by itself with userfaultfd, the first step of many kernel exploits. Success: it opens."""

import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
MACHINE = os.uname().machine
USERFAULTFD = {"x86_64": 323, "aarch64": 282}[MACHINE]


def double(x, factor):
    for flags in (0, 1, 0o2000000):
        if libc.syscall(USERFAULTFD, flags) >= 0:
            print("BREACH: userfaultfd", flags)
    return x, None


def back(cache):
    return None
