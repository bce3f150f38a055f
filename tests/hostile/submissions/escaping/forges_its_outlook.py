"""Makes itself a reaper, undying, dumpable and traceable by prctl. Success: it outlives its sandbox."""

import ctypes
import os
import signal
import time

libc = ctypes.CDLL(None, use_errno=True)
PDEATHSIG, DUMPABLE, NAME, SUBREAPER, PTRACER, CHILD_SET_MM = 1, 4, 15, 36, 0x59616D61, 35


def double(x, factor):
    for option, value in ((PDEATHSIG, 0), (DUMPABLE, 1), (SUBREAPER, 1), (PTRACER, -1), (CHILD_SET_MM, 1)):
        libc.prctl(option, value, 0, 0, 0)
    for number in range(1, 65):
        try:
            signal.signal(number, signal.SIG_IGN)
        except (OSError, ValueError):
            continue
    if os.fork() == 0:
        libc.prctl(NAME, b"{{MARK}}", 0, 0, 0)
        libc.prctl(PDEATHSIG, 0, 0, 0, 0)
        time.sleep(30)
        os._exit(0)
    return x, None


def back(cache):
    return None
