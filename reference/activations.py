"""The activations of the lectures: what comes after a layer's sums.

    relu       max(0, z)                 its slope: 1 where z > 0, else 0
    sigmoid    1 / (1 + exp(-z))         its slope: s (1 - s), at most 1/4
    softmax    exp(z_k) / sum exp(z_j)   along one axis

(I. Goodfellow, Y. Bengio, A. Courville, Deep Learning, sections 6.3.1, 3.10 and 4.1.)
"""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from reference.conv import result_dtype

Array: TypeAlias = npt.NDArray[Any]


def relu_forward(x: Array) -> tuple[Array, Array]:
    """Set the negative numbers of x, of any shape, to 0. Returns the result and x, which `relu_backward` needs."""
    return np.maximum(x, 0).astype(result_dtype(x)), x


def relu_backward(dout: Array, cache: Array) -> Array:
    """The gradient of a loss with respect to the ReLU's input x: dout where x > 0, and 0 elsewhere, also at 0.

    dout: the gradient with respect to the output, of x's shape; cache: x. Raises ValueError for another shape.
    """
    if dout.shape != cache.shape:
        raise ValueError(f"dout must have the shape of x, {cache.shape}, not {dout.shape}")
    return np.where(cache > 0, dout, 0).astype(result_dtype(dout, cache))


def sigmoid(x: Array) -> Array:
    """1 / (1 + exp(-x)) for each number of x, of any shape, without overflow: exp is taken of -|x| alone."""
    z = x.astype(result_dtype(x))
    small = np.exp(-np.abs(z))
    return np.asarray(np.where(z >= 0, 1, small) / (1 + small), dtype=z.dtype)


def softmax(z: Array, axis: int = 1) -> Array:
    """Shares that add up to 1 along `axis`, in proportion to exp(z), of the shape of z.

    The largest score is subtracted first: that changes no share, and nothing overflows. Raises ValueError (AxisError)
    for an axis that z does not have, and for one without scores.
    """
    z = z.astype(result_dtype(z))
    powers = np.exp(z - z.max(axis=axis, keepdims=True))
    return np.asarray(powers / powers.sum(axis=axis, keepdims=True))
