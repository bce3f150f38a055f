"""Returns lists within lists without end, and a list that holds itself. Success: a point, or an internal error."""


def double(x, factor):
    value = []
    value.append(value)
    return value, None


def back(cache):
    value = []
    for _ in range(100_000):
        value = [value]
    return value
