"""Leaves a process that later writes files, prints and writes to every descriptor. Success: any of it arrives."""

import os
import signal
import time


def write():
    time.sleep(0.5)
    for place in ("/tmp", "/dev/shm", "/var/tmp", "{{REPOSITORY}}", "{{ASSIGNMENT}}"):
        try:
            open(f"{place}/{{MARK}}-late", "w").close()
        except OSError:
            continue
    for number in range(3, 64):
        try:
            os.write(number, b'{"score": 5}')
        except OSError:
            continue
    print("BREACH: a late line", flush=True)


def double(x, factor):
    if os.fork() == 0:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        os.setsid()
        write()
        os._exit(0)
    os._exit(0)


def back(cache):
    return double(None, 0)
