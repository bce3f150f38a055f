"""Never returns from an entry. Success: a point, or a worker that waits for ever."""


def double(x, factor):
    while True:
        pass


def back(cache):
    while True:
        pass
