"""Makes tens of thousands of memory mappings. Success: a point, or a worker that dies."""

import mmap


def double(x, factor):
    hoard = []
    while True:
        hoard.append(mmap.mmap(-1, 4096, mmap.MAP_PRIVATE, mmap.PROT_READ | mmap.PROT_WRITE * (len(hoard) & 1)))


def back(cache):
    return None
