"""Takes memory as files in /tmp, /dev/shm and memfds, which count as nobody's data. Success: a dead worker."""

import os


def fill(path):
    for number in range(1000):
        with open(f"{path}/{{MARK}}-{number}", "wb") as file:
            file.write(bytes(1 << 20))


def double(x, factor):
    for path in ("/tmp", "/dev/shm", "/var/tmp", "/run"):
        try:
            fill(path)
        except OSError:
            continue
    while hasattr(os, "memfd_create"):
        os.write(os.memfd_create("{{MARK}}"), bytes(1 << 24))


def back(cache):
    return None
