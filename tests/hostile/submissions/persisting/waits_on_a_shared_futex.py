"""Leaves a word in memory shared with its parent and waits on it. Success: a later submission sees it."""

import ctypes
import mmap
import os

libc = ctypes.CDLL(None, use_errno=True)
FUTEX = {"x86_64": 202, "aarch64": 98}[os.uname().machine]
WAKE = 1


def double(x, factor):
    for line in open("/proc/self/maps") if os.path.exists("/proc/self/maps") else ():
        fields = line.split()
        if fields[1].endswith("s") and "w" in fields[1]:
            print("BREACH: memory is shared and writable:", line.strip())
    page = mmap.mmap(-1, 4096)
    word = ctypes.c_int.from_buffer(page)
    libc.syscall(FUTEX, ctypes.byref(word), WAKE, 1 << 30, None, None, 0)
    return x, None


def back(cache):
    return None
