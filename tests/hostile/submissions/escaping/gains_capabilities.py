"""Sets its capabilities, identities and groups back to root's. Success: any of them changes."""

import ctypes
import os
import struct

libc = ctypes.CDLL(None, use_errno=True)
BEFORE = os.getresuid(), os.getresgid(), os.getgroups()


def double(x, factor):
    for change in (os.setuid, os.setgid, os.seteuid, os.setegid):
        for identity in (0, 1, 1000, 2_000_000):
            try:
                change(identity)
            except OSError:
                continue
    for attempt in (lambda: os.setgroups([0, 42]), lambda: os.setresuid(0, 0, 0), lambda: os.setregid(0, 0)):
        try:
            attempt()
        except OSError:
            continue
    if (os.getresuid(), os.getresgid(), os.getgroups()) != BEFORE:
        print("BREACH: another identity", os.getresuid(), os.getresgid(), os.getgroups())
    header = struct.pack("Ii", 0x20080522, 0)
    everything = struct.pack("6I", *[0xFFFFFFFF] * 6)
    if libc.capset(header, everything) == 0:
        print("BREACH: capabilities")
    if libc.prctl(47, 2, 21, 0, 0) == 0:
        print("BREACH: an ambient capability")
    return x, None


def back(cache):
    return None
