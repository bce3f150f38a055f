"""Counts with NumPy in 64 bits and returns Python's integers."""

import numpy as np


def mlp_params(sizes, bias=True):
    units = np.array(sizes, dtype=np.int64)
    return int(units[:-1] @ units[1:] + bias * units[1:].sum())


def local_params(n_units, k, bias=False):
    return int(np.int64(n_units) * (np.int64(k) + bias))


def conv_params(c_in, c_out, kernel, bias=True, groups=1):
    weights = np.broadcast_to(np.int8(0), (c_out, c_in // groups) + tuple(np.broadcast_to(kernel, 2)))
    return weights.size + bias * c_out


def memory(n, dtype="float32"):
    size = n * np.zeros(1, dtype).nbytes
    return {"bytes": size, "GB": size / 1e9, "GiB": size / float(1 << 30)}
