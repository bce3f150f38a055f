"""Looks in every writable place for what another submission or the worker left. Success: anything is there."""

import os

PLACES = ("/tmp", "/dev/shm", "/var/tmp", "/run", "/dev/mqueue", "/var/lock", ".")


def look():
    for place in PLACES:
        for folder, folders, names in os.walk(place):
            for name in names + folders:
                print("BREACH: a leftover", os.path.join(folder, name))


look()


def double(x, factor):
    return x, None


def back(cache):
    return None
