"""You count the weights into the first hidden layer alone: the layers after it have some too."""

import numpy as np


def mlp_params(sizes, bias=True):
    return sizes[0] * sizes[1] + bias * sizes[1]


def local_params(n_units, k, bias=False):
    return n_units * (k + bias)


def conv_params(c_in, c_out, kernel, bias=True, groups=1):
    height, width = kernel if isinstance(kernel, (tuple, list)) else (kernel, kernel)
    return c_out * (c_in // groups * height * width + bias)


def memory(n, dtype="float32"):
    size = n * np.dtype(dtype).itemsize
    return {"bytes": size, "GB": size / 10**9, "GiB": size / 2**30}
