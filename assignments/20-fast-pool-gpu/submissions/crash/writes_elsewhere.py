"""Writes to memory that is not its own: the process dies in the middle of the call."""

import ctypes


def max_pool(x, window, stride):
    ctypes.memset(8, 0, 8)


def max_pool_backward(dout, x, window, stride):
    ctypes.memset(8, 0, 8)
