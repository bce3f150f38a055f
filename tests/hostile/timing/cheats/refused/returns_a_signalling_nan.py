"""Returns numbers that raise a floating-point exception in whoever compares them."""

import numpy as np
from twin import conv as honest


def conv(x, w):
    out = honest(x, w)
    out.view(np.uint32)[...] = 0x7F800001
    return out
