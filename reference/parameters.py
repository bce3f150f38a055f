"""How many parameters a layer has when it is dense, local or shared, and what memory they take.

(Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, "Gradient-based learning applied to document recognition", 1998, section
II.A, for local fields and shared weights; A. Krizhevsky, I. Sutskever, G. Hinton, "ImageNet classification with deep
convolutional neural networks", 2012, section 3.2, for groups.)
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from reference.sizes import Pair, pair


def mlp_params(sizes: Sequence[int], bias: bool = True) -> int:
    """The parameters of a fully connected network with `sizes` units a layer, the input first.

    Every unit has a weight for each unit of the layer before, and a bias. Raises ValueError for fewer than two layers
    and for a layer without units.
    """
    if len(sizes) < 2 or min(sizes) < 1:
        raise ValueError(f"sizes must name at least two layers of at least one unit, not {list(sizes)}")
    return sum(before * after + bias * after for before, after in pairwise(sizes))


def local_params(n_units: int, k: int, bias: bool = False) -> int:
    """The parameters of `n_units` units that each have weights of their own for `k` inputs.

    Raises ValueError for a number below 1.
    """
    _at_least_one(n_units=n_units, k=k)
    return n_units * (k + bias)


def conv_params(c_in: int, c_out: int, kernel: Pair, bias: bool = True, groups: int = 1) -> int:
    """The parameters of a convolution: `c_out` kernels over c_in / groups channels each, used at every position.

    kernel: its side, or (height, width). Raises ValueError for a number below 1 and for groups that do not divide both
    numbers of channels.
    """
    _at_least_one(c_in=c_in, c_out=c_out, groups=groups)
    height, width = pair(kernel, "kernel", 1)
    if c_in % groups or c_out % groups:
        raise ValueError(f"{groups} groups do not divide {c_in} input and {c_out} output channels")
    return c_out * (c_in // groups * height * width + bias)


def memory(n: int, dtype: npt.DTypeLike = "float32") -> dict[str, float]:
    """The memory of `n` numbers: `bytes`, `GB` of 10^9 bytes and `GiB` of 2^30 bytes.

    Raises ValueError for a negative count, TypeError for a dtype that NumPy does not know.
    """
    if n < 0:
        raise ValueError(f"n must not be negative, not {n}")
    size = n * np.dtype(dtype).itemsize
    return {"bytes": size, "GB": size / 10**9, "GiB": size / 2**30}


def _at_least_one(**numbers: int) -> None:
    for name, number in numbers.items():
        if number < 1:
            raise ValueError(f"{name} must be at least 1, not {number}")
