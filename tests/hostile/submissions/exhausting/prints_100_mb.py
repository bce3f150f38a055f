"""Prints 100 MB in every call. Success: a point, or a result that holds more than the limit."""


def double(x, factor):
    for _ in range(1000):
        print("x" * 100_000)
    return x, None


def back(cache):
    return double(None, 0)
