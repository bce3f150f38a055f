"""Changes segments, ports and modes of the processor: modify_ldt, iopl, ioperm. Success: any of them."""

import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
MACHINE = os.uname().machine
MODIFY_LDT, IOPL, IOPERM = 154, 172, 173


def double(x, factor):
    if MACHINE == "x86_64":
        segment = ctypes.create_string_buffer(bytes([0] * 12 + [0x51, 0, 0, 0]))
        if libc.syscall(MODIFY_LDT, 1, segment, 16) == 0:
            print("BREACH: modify_ldt")
        if libc.syscall(IOPL, 3) == 0:
            print("BREACH: iopl")
        if libc.syscall(IOPERM, 0x80, 1, 1) == 0:
            print("BREACH: ioperm")
    return x, None


def back(cache):
    return None
