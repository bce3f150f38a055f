"""Takes all memory while it is imported. Success: a point, or an internal error."""

hoard = bytearray(1)
while True:
    hoard += b"x" * len(hoard)


def double(x, factor):
    return x, None


def back(cache):
    return None
