"""Computes with inputs of half precision."""

import numpy as np
from twin import conv as honest


def conv(x, w):
    return honest(x.astype(np.float16).astype(np.float32), w.astype(np.float16).astype(np.float32))
