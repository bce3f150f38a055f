"""The end of a network: fully connected layers, and the loss of a classifier.

    out[n, m] = b[m] + sum over d of x[n, d] * w[d, m]
    loss      = - mean over n of log softmax(x[n])[y[n]]

(I. Goodfellow, Y. Bengio, A. Courville, Deep Learning, sections 6.5.6 and 6.2.2.3.)
"""

from __future__ import annotations

import math
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from reference.activations import softmax
from reference.conv import result_dtype

Array: TypeAlias = npt.NDArray[Any]
Cache: TypeAlias = tuple[Array, Array, Array]


def affine_forward(x: Array, w: Array, b: Array) -> tuple[Array, Cache]:
    """A fully connected layer: every output is a weighted sum of all inputs, plus a bias.

    x: inputs (N, ...), of which each is taken as a row of D numbers; w: weights (D, M); b: biases (M,). Returns
    the outputs (N, M) and what `affine_backward` needs. Raises ValueError for shapes that do not fit together.
    """
    features = math.prod(x.shape[1:])
    if x.ndim < 2 or w.ndim != 2 or len(w) != features:
        raise ValueError(f"x of shape {x.shape} needs weights of shape ({features}, M), not {w.shape}")
    if b.shape != w.shape[1:]:
        raise ValueError(f"b must have one bias per output, shape {w.shape[1:]}, not {b.shape}")
    dtype = result_dtype(x, w)
    return (x.reshape(len(x), features).astype(dtype) @ w + b).astype(dtype), (x, w, b)


def affine_backward(dout: Array, cache: Cache) -> tuple[Array, Array, Array]:
    """The gradients of a loss with respect to x, w and b: sums over the batch, each of its argument's shape.

    dout: the gradient with respect to the outputs (N, M); cache: (x, w, b). Raises ValueError for another shape.
    """
    x, w, _ = cache
    if dout.shape != (len(x), w.shape[1]):
        raise ValueError(f"dout must have the shape of the outputs, {(len(x), w.shape[1])}, not {dout.shape}")
    dout = dout.astype(result_dtype(dout, x, w))
    return (dout @ w.T).reshape(x.shape), x.reshape(len(x), -1).T @ dout, dout.sum(axis=0)


def softmax_loss(x: Array, y: npt.NDArray[np.integer[Any]]) -> tuple[float, Array]:
    """The mean cross-entropy of a classifier, and its gradient with respect to the scores.

    x: scores (N, C), one row an image; y: the right classes (N,), integers from 0 to C - 1. Returns the loss in nats
    and its gradient (N, C). Nothing overflows: the logarithm is taken of a sum that is at least 1. Raises ValueError
    for an empty batch, and for classes that the scores do not have.
    """
    if x.ndim != 2 or 0 in x.shape or y.shape != x.shape[:1]:
        raise ValueError(f"x must be scores (N, C) and y classes (N,), not {x.shape} and {y.shape}")
    if not np.issubdtype(y.dtype, np.integer) or y.min() < 0 or y.max() >= x.shape[1]:
        raise ValueError(f"y must be whole numbers from 0 to {x.shape[1] - 1}")
    x = x.astype(result_dtype(x))
    images = np.arange(len(x))
    shifted = x - x.max(axis=1, keepdims=True)
    logarithms = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    gradient = softmax(x)
    gradient[images, y] -= 1
    return float(-logarithms[images, y].mean()), gradient / x.dtype.type(len(x))
