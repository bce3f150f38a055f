"""Returns integers of a thousand digits, infinities and denormals where arrays belong. Success: an internal error."""

import numpy as np


def double(x, factor):
    return (10**1200 if x.shape[0] == 2 else [[10**1200] * 4] * 3), None


def back(cache):
    return np.array([[np.inf, -np.inf, 5e-324]] * 3)
