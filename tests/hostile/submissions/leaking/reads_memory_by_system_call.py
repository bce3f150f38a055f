"""Reads the memory of other processes by process_vm_readv, and writes into it. Success: a call that is allowed."""

import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)


class Piece(ctypes.Structure):
    _fields_ = [("base", ctypes.c_void_p), ("size", ctypes.c_size_t)]


def touches(pid):
    buffer = ctypes.create_string_buffer(8)
    here = Piece(ctypes.addressof(buffer), 8)
    there = Piece(id(touches), 8)
    calls = (libc.process_vm_readv, libc.process_vm_writev)
    return any(call(pid, ctypes.byref(here), 1, ctypes.byref(there), 1, 0) > 0 for call in calls)


def double(x, factor):
    me = os.getpid()
    for pid in {1, 2, 3, os.getppid(), int("{{WORKER}}")} - {me, 0}:
        if touches(pid):
            print("BREACH: memory of process", pid)
    return x, None


def back(cache):
    return None
