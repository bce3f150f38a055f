"""Takes its confinement away: no_new_privs, seccomp with a listener, Landlock again, securebits. Success: any goes."""

import ctypes
import os
import struct

libc = ctypes.CDLL(None, use_errno=True)
SECCOMP = {"x86_64": 317, "aarch64": 277}[os.uname().machine]
ALLOW = struct.pack("HBBI", 6, 0, 0, 0x7FFF0000)


def double(x, factor):
    buffer = ctypes.create_string_buffer(ALLOW)
    program = struct.pack("HxxxxxxQ", 1, ctypes.addressof(buffer))
    if libc.syscall(SECCOMP, 1, 8, program) > 0:
        print("BREACH: listens to its own system calls")
    if libc.prctl(38, 0, 0, 0, 0) == 0:
        print("BREACH: no_new_privs is gone")
    if libc.prctl(22, 0, 0, 0, 0) == 0:
        print("BREACH: seccomp is off")
    # The newly allowed filter must not make anything possible that was not before.
    libc.prctl(22, 2, program, 0, 0)
    if libc.mount(b"none", b"/tmp", b"tmpfs", 0, None) == 0:
        print("BREACH: a filter opened what another had closed")
    return x, None


def back(cache):
    return None
