"""Does its system calls through io_uring, which filters do not see. Success: a ring is made."""

import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
MACHINE = os.uname().machine
IO_URING_SETUP, IO_URING_REGISTER = 425, 427
IO_SETUP = {"x86_64": 206, "aarch64": 0}[MACHINE]


def double(x, factor):
    if libc.syscall(IO_URING_SETUP, 8, ctypes.create_string_buffer(256)) >= 0:
        print("BREACH: io_uring")
    if libc.syscall(IO_URING_REGISTER, -1, 0, None, 0) >= 0:
        print("BREACH: io_uring_register")
    if libc.syscall(IO_SETUP, 8, ctypes.byref(ctypes.c_ulong())) == 0:
        print("BREACH: asynchronous input and output")
    return x, None


def back(cache):
    return None
