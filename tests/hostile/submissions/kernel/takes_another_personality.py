"""Turns randomised addresses off and makes readable memory executable. Success: it is allowed."""

import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
MACHINE = os.uname().machine
NO_RANDOMISE, READ_IMPLIES_EXEC, MMAP_PAGE_ZERO, UNCHANGED = 0x40000, 0x400000, 0x100000, 0xFFFFFFFF


def double(x, factor):
    libc.personality(NO_RANDOMISE | READ_IMPLIES_EXEC | MMAP_PAGE_ZERO)
    if libc.personality(UNCHANGED) > 0:
        print("BREACH: personality")
    return x, None


def back(cache):
    return None
