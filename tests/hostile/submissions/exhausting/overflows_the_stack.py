"""Recurses with the limit taken away until the C stack ends. Success: a point, or an internal error."""

import sys

sys.setrecursionlimit(1 << 30)


class Deep:
    def __getattr__(self, name):
        return getattr(self, name + "x")

    def __repr__(self):
        return repr([self])


def double(x, factor):
    return repr(Deep()), None


def back(cache):
    return Deep().a
