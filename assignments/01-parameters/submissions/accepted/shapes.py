"""Writes down the shape of every weight array and multiplies its sides: every layer is an array (outputs, inputs)."""

import math
import re


def mlp_params(sizes, bias=True):
    shapes = []
    for l in range(1, len(sizes)):
        shapes.append((sizes[l], sizes[l - 1]))
        if bias:
            shapes.append((sizes[l],))
    return sum(math.prod(shape) for shape in shapes)


def local_params(n_units, k, bias=False):
    return math.prod((n_units, k + 1 if bias else k))


def conv_params(c_in, c_out, kernel, bias=True, groups=1):
    if isinstance(kernel, int):
        kernel = (kernel, kernel)
    count = math.prod((groups, c_out // groups, c_in // groups, *kernel))
    if bias:
        count += c_out
    return count


def memory(n, dtype="float32"):
    bits = int(re.search(r"\d+", dtype).group())
    size = n * bits // 8
    return {"bytes": size, "GB": size * 1e-9, "GiB": size / 1024 / 1024 / 1024}
