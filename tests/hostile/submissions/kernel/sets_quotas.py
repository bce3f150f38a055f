"""Changes quotas of the disks and priorities of their queues. Success: the kernel takes it."""

import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
MACHINE = os.uname().machine
QUOTACTL = {"x86_64": 179, "aarch64": 60}[MACHINE]
Q_SYNC, Q_GETINFO, Q_SETQUOTA = 0x800001, 0x800005, 0x800008


def double(x, factor):
    for command in (Q_SYNC, Q_GETINFO, Q_SETQUOTA):
        for device in (None, b"/dev/vda", b"/dev/sda"):
            if libc.syscall(QUOTACTL, ctypes.c_int(command << 8), device, 0, ctypes.create_string_buffer(512)) == 0:
                print("BREACH: quotactl", command)
    return x, None


def back(cache):
    return None
