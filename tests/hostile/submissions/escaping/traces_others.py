"""Attaches to other processes by ptrace, and lets itself be traced. Success: it attaches to one not its own."""

import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
ATTACH, SEIZE, TRACEME, DETACH = 16, 0x4206, 0, 17


def double(x, factor):
    for pid in {1, 2, 3, os.getppid(), int("{{WORKER}}")} - {os.getpid(), 0}:
        for request in (ATTACH, SEIZE):
            if libc.ptrace(request, pid, 0, 0) == 0:
                print("BREACH: traces", pid)
                libc.ptrace(DETACH, pid, 0, 0)
    libc.ptrace(TRACEME, 0, 0, 0)
    return x, None


def back(cache):
    return None
