"""Returns a dictionary of a million keys, and lists that contain themselves."""

import numpy as np


def mlp_params(sizes, bias=True):
    loop = []
    loop.append(loop)
    return loop


def local_params(n_units, k, bias=False):
    return "9" * 10**8


def conv_params(c_in, c_out, kernel, bias=True, groups=1):
    return [c_out] * 10**8


def memory(n, dtype="float32"):
    return {key: size for key, size in enumerate(range(10**6))}
