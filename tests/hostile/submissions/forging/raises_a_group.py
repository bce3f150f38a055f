"""Raises nested exception groups with a thousand members and circular causes. Success: a point, or a hang."""


def nested(depth):
    group = ExceptionGroup("g", [ValueError(n) for n in range(1000)])
    for _ in range(depth):
        group = BaseExceptionGroup("g", [group, KeyboardInterrupt()])
    group.__cause__ = group
    group.__context__ = group
    return group


def double(x, factor):
    raise nested(300)


def back(cache):
    raise nested(3)
