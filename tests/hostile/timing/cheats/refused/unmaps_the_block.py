"""Unmaps the shared memory."""

import ctypes

from twin import conv as honest


def conv(x, w):
    ctypes.CDLL(None).munmap(ctypes.c_void_p(x.ctypes.data), ctypes.c_size_t(1 << 16))
    return honest(x, w)
