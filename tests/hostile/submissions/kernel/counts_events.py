"""Opens performance counters on itself and on others. Success: one opens."""

import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
MACHINE = os.uname().machine
PERF_EVENT_OPEN = {"x86_64": 298, "aarch64": 241}[MACHINE]


def double(x, factor):
    for kind, config in ((0, 0), (0, 1), (1, 0), (1, 9), (2, 1), (4, 0)):
        attributes = ctypes.create_string_buffer(128)
        attributes[:4] = kind.to_bytes(4, "little")
        attributes[4:8] = (128).to_bytes(4, "little")
        attributes[8:16] = config.to_bytes(8, "little")
        attributes[40:48] = (1 | 1 << 5 | 1 << 6).to_bytes(8, "little")
        for pid, processor in ((0, -1), (-1, 0), (1, -1)):
            if libc.syscall(PERF_EVENT_OPEN, attributes, pid, processor, -1, 0) >= 0:
                print("BREACH: counts events", kind, config, pid)
    return x, None


def back(cache):
    return None
