"""Raises an exception whose text has a gigabyte. Success: a point, or a judge that takes the memory."""


class Hostile(Exception):
    def __str__(self):
        return "x" * (1 << 30)


def double(x, factor):
    raise Hostile


def back(cache):
    raise Hostile
