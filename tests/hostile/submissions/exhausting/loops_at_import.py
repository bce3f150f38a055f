"""Computes without end while it is imported. Success: a point, or a worker that waits for ever."""

while True:
    pass


def double(x, factor):
    return x, None


def back(cache):
    return None
