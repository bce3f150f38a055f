"""Computes without end inside C, where no Python signal handler runs. Success: it goes on past a limit."""

import ctypes

libc = ctypes.PyDLL(None)


def double(x, factor):
    while True:
        libc.memset(ctypes.create_string_buffer(1 << 20), 0, 1 << 20)
        libc.sleep(1000)


def back(cache):
    return pow(3, 1 << 30, (1 << 100_000) + 1)
