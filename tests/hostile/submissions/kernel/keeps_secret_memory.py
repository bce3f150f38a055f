"""Takes memory that no limit counts: memfd_secret, locked, huge and shared pages. Success: it is given."""

import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
MACHINE = os.uname().machine
MEMFD_SECRET = 447
HUGETLB, LOCKED, ANONYMOUS, PRIVATE = 0x40000, 0x2000, 0x20, 2


def double(x, factor):
    if libc.syscall(MEMFD_SECRET, 0) >= 0:
        print("BREACH: memfd_secret")
    libc.mmap.restype = ctypes.c_void_p
    for flags in (HUGETLB, LOCKED):
        size = ctypes.c_size_t(1 << 30)
        place = libc.mmap(None, size, 3, ANONYMOUS | PRIVATE | flags, -1, ctypes.c_long(0))
        if place != ctypes.c_void_p(-1).value:
            print("BREACH: memory beyond the limit", flags)
    if libc.mlockall(3) == 0:
        print("BREACH: locks its memory")
    return x, None


def back(cache):
    return None
