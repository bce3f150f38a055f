"""Raises an exception whose __str__ never ends. Success: a point, or a worker that hangs."""


class Hostile(BaseException):
    def __str__(self):
        while True:
            pass


def double(x, factor):
    raise Hostile


def back(cache):
    raise Hostile
