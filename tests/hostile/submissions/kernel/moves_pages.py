"""Moves its memory and that of others between nodes, and asks where pages lie. Success: that of others."""

import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
MACHINE = os.uname().machine
MIGRATE_PAGES = {"x86_64": 256, "aarch64": 238}[MACHINE]
MOVE_PAGES = {"x86_64": 279, "aarch64": 239}[MACHINE]
PROCESS_MADVISE, PROCESS_MRELEASE = 440, 448


def double(x, factor):
    mask = ctypes.c_ulong(1)
    for pid in {1, os.getppid(), int("{{WORKER}}")} - {os.getpid(), 0}:
        if libc.syscall(MIGRATE_PAGES, pid, 64, ctypes.byref(mask), ctypes.byref(mask)) >= 0:
            print("BREACH: moved pages of", pid)
        if libc.syscall(MOVE_PAGES, pid, ctypes.c_ulong(0), None, None, None, 0) == 0:
            print("BREACH: may move pages of", pid)
    libc.syscall(PROCESS_MADVISE, 0, None, 0, 0, 0)
    libc.syscall(PROCESS_MRELEASE, 0, 0)
    return x, None


def back(cache):
    return None
