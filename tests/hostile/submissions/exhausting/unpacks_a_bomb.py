"""Unpacks a compressed bomb, and multiplies texts and numbers until memory ends. Success: a point or a dead worker."""

import zlib

BOMB = zlib.compress(zlib.compress(bytes(1 << 26)))


def double(x, factor):
    data = zlib.decompress(zlib.decompress(BOMB))
    while True:
        data += data


def back(cache):
    return 10**10**9
