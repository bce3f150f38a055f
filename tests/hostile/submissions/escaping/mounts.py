"""Mounts: a tmpfs, proc, a bind of the root, and the root again as writable. Success: any of them."""

import ctypes

libc = ctypes.CDLL(None, use_errno=True)
BIND, REC, REMOUNT, PRIVATE = 4096, 16384, 32, 1 << 18
TRIES = [
    (b"none", b"/tmp", b"tmpfs", 0),
    (b"proc", b"/proc", b"proc", 0),
    (b"sysfs", b"/tmp", b"sysfs", 0),
    (b"/", b"/tmp", None, BIND | REC),
    (b"none", b"/", None, REMOUNT | BIND),
    (b"none", b"/usr", None, REMOUNT | BIND),
    (b"none", b"/", None, PRIVATE | REC),
    (b"none", b"/tmp", b"cgroup2", 0),
    (b"none", b"/tmp", b"overlay", 0),
]


def double(x, factor):
    for attempt in TRIES:
        if libc.mount(*attempt, None) == 0:
            print("BREACH: mounted", attempt)
    return x, None


def back(cache):
    return None
