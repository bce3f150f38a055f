"""Closes every descriptor, or stands them on others' places. Success: a point, or an internal error."""

import os
import sys


def double(x, factor):
    sys.stdout.close()
    sys.stderr = None
    os.closerange(0, 256)
    return x, None


def back(cache):
    os.dup2(1, 0)
    sys.stdout = sys.stderr = sys.stdin
    return None
