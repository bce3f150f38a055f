"""You add the inputs of a unit to the number of units: each unit has k weights, so they multiply."""

import numpy as np


def mlp_params(sizes, bias=True):
    return sum(before * after + bias * after for before, after in zip(sizes, sizes[1:]))


def local_params(n_units, k, bias=False):
    return n_units + k + bias * n_units


def conv_params(c_in, c_out, kernel, bias=True, groups=1):
    height, width = kernel if isinstance(kernel, (tuple, list)) else (kernel, kernel)
    return c_out * (c_in // groups * height * width + bias)


def memory(n, dtype="float32"):
    size = n * np.dtype(dtype).itemsize
    return {"bytes": size, "GB": size / 10**9, "GiB": size / 2**30}
