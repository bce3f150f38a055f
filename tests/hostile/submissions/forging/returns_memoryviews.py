"""Returns memoryviews, bytearrays, generators, ranges and mmaps where arrays are asked for. Success: a point."""

import mmap


def double(x, factor):
    return [memoryview(bytes(1 << 20)), bytearray(1 << 20), range(1 << 60)][x.shape[0] - 1], None


def back(cache):
    return mmap.mmap(-1, 4096)
