"""Spoils its input and makes the runner report that nothing was changed. Success: a point."""

import hashlib
import sys

frame = sys._getframe()
while frame is not None:
    for name in ("digest", "arrays_in"):
        if name in frame.f_globals:
            frame.f_globals[name] = lambda *args, **kwargs: b"" if len(args) == 1 else iter(())
    frame = frame.f_back
hashlib.blake2b = lambda *args, **kwargs: hashlib.md5(b"")


def double(x, factor):
    x[...] = 0.0
    return x, None


def back(cache):
    return None
