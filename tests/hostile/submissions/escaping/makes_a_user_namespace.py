"""Makes new namespaces, where it would be root again. Success: any of them is made."""

import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
KINDS = {"user": 0x10000000, "mnt": 0x20000, "net": 0x40000000, "pid": 0x20000000, "ipc": 0x8000000, "uts": 0x4000000}


def tried(flags):
    child = os.fork()
    if child == 0:
        os._exit(0 if libc.unshare(flags) == 0 else 1)
    return os.waitpid(child, 0)[1] == 0


def double(x, factor):
    for name, flag in KINDS.items():
        if tried(flag):
            print("BREACH: a new namespace,", name)
        if tried(flag | KINDS["user"]):
            print("BREACH: a new user namespace with", name)
    return x, None


def back(cache):
    return None
