"""Asks the kernel for a thread without the C library."""

import ctypes
import os

from twin import conv as honest

CLONE_VM, CLONE_FS, CLONE_FILES, CLONE_SIGHAND, CLONE_THREAD, SYS_CLONE = 0x100, 0x200, 0x400, 0x800, 0x10000, 56
stack = ctypes.create_string_buffer(1 << 16)


def conv(x, w):
    libc = ctypes.CDLL(None, use_errno=True)
    flags = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD
    top = ctypes.c_void_p(ctypes.addressof(stack) + 65520)
    if libc.syscall(SYS_CLONE, flags, top, 0, 0, 0) < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return honest(x, w)
