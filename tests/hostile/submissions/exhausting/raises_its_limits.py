"""Raises its own resource limits and those of others. Success: one of them is higher than before."""

import contextlib
import os
import resource

KINDS = [getattr(resource, name) for name in dir(resource) if name.startswith("RLIMIT_")]


def double(x, factor):
    for kind in KINDS:
        before = resource.getrlimit(kind)
        for soft, hard in ((-1, -1), (before[1], -1), (1 << 40, 1 << 40)):
            for pid in (0, os.getpid(), os.getppid(), 1):
                with contextlib.suppress(ValueError, OSError):
                    resource.prlimit(pid, kind, (soft, hard))
            with contextlib.suppress(ValueError, OSError):
                resource.setrlimit(kind, (soft, hard))
        hard = resource.getrlimit(kind)[1]
        if before[1] != -1 and (hard == -1 or hard > before[1]):
            print("BREACH: raised limit", kind, before, hard)
    return x, None


def back(cache):
    return None
