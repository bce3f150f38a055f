"""Leaves a key in the kernel's keyrings, and looks for the key that a former one left. Success: either works."""

import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
MACHINE = os.uname().machine
ADD_KEY = {"x86_64": 248, "aarch64": 217}[MACHINE]
REQUEST_KEY = {"x86_64": 249, "aarch64": 218}[MACHINE]
KEYCTL = {"x86_64": 250, "aarch64": 219}[MACHINE]
THREAD, PROCESS, SESSION, USER, USER_SESSION = -1, -2, -3, -4, -5
SEARCH, GET_PERSISTENT = 10, 22


def double(x, factor):
    for ring in (USER, USER_SESSION, SESSION):
        if libc.syscall(KEYCTL, SEARCH, ring, b"user", b"{{MARK}}", 0) > 0:
            print("BREACH: a key of a former submission", ring)
        if libc.syscall(ADD_KEY, b"user", b"{{MARK}}", b"left", 4, ring) > 0:
            print("BREACH: left a key", ring)
    if libc.syscall(REQUEST_KEY, b"user", b"{{MARK}}", None, SESSION) > 0:
        print("BREACH: asked for a key")
    if libc.syscall(KEYCTL, GET_PERSISTENT, -1, SESSION) > 0:
        print("BREACH: a persistent keyring")
    return x, None


def back(cache):
    return None
