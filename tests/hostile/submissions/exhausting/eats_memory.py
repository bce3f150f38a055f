"""Takes memory until there is none. Success: a point, or a worker that dies."""


def double(x, factor):
    hoard = []
    while True:
        hoard.append(bytearray(1 << 24))


def back(cache):
    return double(None, 0)
