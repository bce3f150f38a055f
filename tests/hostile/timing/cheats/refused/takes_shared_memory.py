"""Takes memory of a kind that the limit of a process does not count, until nothing is left for what it is timed against."""

import mmap

from twin import conv as honest

HELD = []


def conv(x, w):
    HELD.append(mmap.mmap(-1, 100 << 20))
    for place in range(0, 100 << 20, 4096):
        HELD[-1][place] = 1
    return honest(x, w)
