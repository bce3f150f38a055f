"""Returns arrays of objects with a __reduce__ that would run code when unpickled. Success: it runs, or a point."""

import numpy as np


class Bomb:
    def __reduce__(self):
        return exec, ("open('/tmp/canary-unpickled', 'w')",)

    def __float__(self):
        raise SystemExit


def double(x, factor):
    return np.full(x.shape, Bomb(), object), Bomb()


def back(cache):
    return np.full((3, 3), Bomb(), object)
