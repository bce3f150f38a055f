"""Changes the clock, the names of the machine and the time of its processes. Success: any changes."""

import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
MACHINE = os.uname().machine


def double(x, factor):
    now = (ctypes.c_long * 2)(1, 0)
    tries = {
        "settimeofday": lambda: libc.settimeofday(now, None),
        "clock_settime": lambda: libc.clock_settime(0, now),
        "adjtimex": lambda: libc.adjtimex(ctypes.create_string_buffer(b"\x01" * 4, 512)),
        "sethostname": lambda: libc.sethostname(b"hostile", 7),
        "setdomainname": lambda: libc.setdomainname(b"hostile", 7),
    }
    for name, attempt in tries.items():
        if attempt() == 0:
            print("BREACH:", name)
    return x, None


def back(cache):
    return None
