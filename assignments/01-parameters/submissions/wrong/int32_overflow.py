"""You count in 32 bits, which end at 2 147 483 647: a larger count wraps around without a word."""

import numpy as np


def mlp_params(sizes, bias=True):
    units = np.array(sizes, dtype=np.int32)
    with np.errstate(all="ignore"):
        return int((units[:-1] * units[1:]).sum(dtype=np.int32) + bias * units[1:].sum(dtype=np.int32))


def local_params(n_units, k, bias=False):
    return n_units * (k + bias)


def conv_params(c_in, c_out, kernel, bias=True, groups=1):
    height, width = kernel if isinstance(kernel, (tuple, list)) else (kernel, kernel)
    return c_out * (c_in // groups * height * width + bias)


def memory(n, dtype="float32"):
    size = n * np.dtype(dtype).itemsize
    return {"bytes": size, "GB": size / 10**9, "GiB": size / 2**30}
