"""Loads programs into the kernel and makes maps for them by bpf. Success: the kernel takes one."""

import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
MACHINE = os.uname().machine
BPF = {"x86_64": 321, "aarch64": 280}[MACHINE]
MAP_CREATE, PROGRAM_LOAD, GET_NEXT_ID = 0, 5, 11


def double(x, factor):
    arguments = ctypes.create_string_buffer(128)
    arguments[:20] = bytes([2, 0, 0, 0, 4, 0, 0, 0, 8, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0])
    for command in (MAP_CREATE, PROGRAM_LOAD, GET_NEXT_ID):
        if libc.syscall(BPF, command, arguments, 64) >= 0:
            print("BREACH: bpf", command)
    return x, None


def back(cache):
    return None
