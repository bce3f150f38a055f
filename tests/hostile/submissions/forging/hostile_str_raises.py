"""Raises an exception whose __str__ and __repr__ raise. Success: a point, or an internal error."""


class Hostile(Exception):
    def __str__(self):
        raise self

    __repr__ = __str__


def double(x, factor):
    raise Hostile


def back(cache):
    raise Hostile
