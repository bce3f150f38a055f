"""Returns an array that claims four gigabytes, and an endless nest of lists in place of a gradient."""

import numpy as np


def pool_forward(x, pool_param):
    return np.zeros(2**29), None


def pool_backward(dout, cache):
    nest = []
    nest.append(nest)
    return nest
