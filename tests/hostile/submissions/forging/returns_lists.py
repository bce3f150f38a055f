"""Returns lists and numbers where arrays are asked for. Success: a point, or an internal error."""


def double(x, factor):
    return (x * factor).tolist(), None


def back(cache):
    return 1.0
