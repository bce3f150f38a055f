"""Offers its memory to be merged with equal pages of others, so that writing there costs whoever writes a copy."""

import ctypes
import mmap

from twin import conv as honest

LIBC = ctypes.CDLL(None)
MERGEABLE = 12
MEMORY = mmap.mmap(-1, 64 << 20, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
MEMORY[:] = bytes(64 << 20)
LIBC.madvise(ctypes.c_void_p(ctypes.addressof(ctypes.c_char.from_buffer(MEMORY))), ctypes.c_size_t(64 << 20), MERGEABLE)
conv = honest
