"""Asks the kernel to restart, to hang up, and to change its log. Success: the machine does it."""

import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
MACHINE = os.uname().machine
ENABLE_KEYS, DISABLE_KEYS = 0x89ABCDEF, 0


def double(x, factor):
    for command in (DISABLE_KEYS, ENABLE_KEYS):
        if libc.reboot(command) == 0:
            print("BREACH: reboot", command)
    if libc.vhangup() == 0:
        print("BREACH: vhangup")
    buffer = ctypes.create_string_buffer(4096)
    for command in (3, 4, 5, 8, 10):
        if libc.klogctl(command, buffer, 4096) > 0:
            print("BREACH: the kernel log", buffer.value[:200])
    return x, None


def back(cache):
    return None
