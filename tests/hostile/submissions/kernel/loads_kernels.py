"""Loads a kernel, a module, an accounting file and swap space. Success: any of them."""

import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
MACHINE = os.uname().machine
KEXEC_LOAD = {"x86_64": 246, "aarch64": 104}[MACHINE]
INIT_MODULE = {"x86_64": 175, "aarch64": 105}[MACHINE]
FINIT_MODULE = {"x86_64": 313, "aarch64": 273}[MACHINE]
DELETE_MODULE = {"x86_64": 176, "aarch64": 106}[MACHINE]


def double(x, factor):
    tries = {
        "kexec": lambda: libc.syscall(KEXEC_LOAD, 0, 0, None, 0),
        "a module": lambda: libc.syscall(INIT_MODULE, b"\x7fELF", 4, b""),
        "a module by descriptor": lambda: libc.syscall(FINIT_MODULE, 0, b"", 0),
        "less a module": lambda: libc.syscall(DELETE_MODULE, b"loop", 0),
        "accounting": lambda: libc.acct(b"/tmp/{{MARK}}-accounts"),
        "swap": lambda: libc.swapon(b"/tmp", 0),
        "less swap": lambda: libc.swapoff(b"/dev/zram0"),
    }
    for name, attempt in tries.items():
        if attempt() == 0:
            print("BREACH: the kernel took", name)
    return x, None


def back(cache):
    return None
