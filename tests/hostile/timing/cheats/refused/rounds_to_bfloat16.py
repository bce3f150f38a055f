"""Cuts the inputs to the eight bits of precision that bfloat16 has."""

import numpy as np
from twin import conv as honest


def cut(array):
    return (array.view(np.uint32) & np.uint32(0xFFFF0000)).view(np.float32)


def conv(x, w):
    return honest(cut(x), cut(w))
