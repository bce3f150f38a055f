"""Enters the namespaces of other processes by setns, through /proc and through pidfds. Success: one is entered."""

import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)


def descriptors():
    for pid in (1, os.getppid(), int("{{WORKER}}")):
        for kind in ("mnt", "net", "user", "pid", "ipc", "uts", "cgroup"):
            try:
                yield os.open(f"/proc/{pid}/ns/{kind}", os.O_RDONLY), 0
            except OSError:
                continue
        try:
            yield os.pidfd_open(pid), 0x40000000 | 0x20000
        except OSError:
            continue


def double(x, factor):
    before = os.listdir("/")
    for descriptor, kinds in descriptors():
        if libc.setns(descriptor, kinds) == 0 and os.listdir("/") != before:
            print("BREACH: entered a namespace")
    return x, None


def back(cache):
    return None
