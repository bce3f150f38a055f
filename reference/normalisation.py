"""Normalisation: numbers brought to one range, and batch normalisation: each channel to mean 0 and variance 1.

    rescale      lo + (hi - lo) (x - min) / (max - min)
    batch norm   gamma (x - mean) / sqrt(var + eps) + beta     mean and var over the batch (and the pixels), per channel

var divides by the count, not by the count minus one. (S. Ioffe, C. Szegedy, Batch Normalization, 2015, algorithm 1.)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from reference.conv import result_dtype

Array: TypeAlias = npt.NDArray[Any]

SETTINGS = {"mode", "eps", "running_mean", "running_var"}


@dataclass(frozen=True, slots=True)
class Cache:
    """What the backward pass needs; arrays of statistics are shaped to stand beside x, such as (1, C, 1, 1)."""

    normalised: Array
    deviation: Array
    gamma: Array
    axes: tuple[int, ...]
    is_training: bool


def rescale(x: Array, lo: float = 0.0, hi: float = 1.0, axis: int | tuple[int, ...] | None = None) -> Array:
    """Bring the smallest number of x to `lo` and the largest to `hi`, and what lies between in proportion.

    axis: along which to look for the smallest and the largest, all axes by default. Where all numbers are equal they
    become `lo`. Raises ValueError for an empty array and where hi is not above lo.
    """
    if not hi > lo:
        raise ValueError(f"hi must be above lo, not {hi} and {lo}")
    x = x.astype(result_dtype(x))
    least, most = x.min(axis=axis, keepdims=True), x.max(axis=axis, keepdims=True)
    span = np.where(most > least, most - least, 1)
    return np.asarray(lo + (hi - lo) * ((x - least) / span), dtype=x.dtype)


def batchnorm_forward(x: Array, gamma: Array, beta: Array, bn_param: Mapping[str, Any]) -> tuple[Array, Cache]:
    """Normalise each column of x (N, D), or each channel of x (N, C, H, W), then scale by gamma and shift by beta.

    bn_param: `mode`, train (the batch's own statistics) or test (`running_mean` and `running_var`, one number per
    channel); `eps`, by default 1e-5. Returns the output and what `batchnorm_backward` needs. Raises ValueError for
    shapes or settings that do not fit together.
    """
    unknown = sorted(set(bn_param) - SETTINGS)
    if unknown or bn_param.get("mode") not in ("train", "test"):
        raise ValueError(f"bn_param needs the mode train or test, and does not know {unknown}")
    if x.ndim not in (2, 4) or 0 in x.shape or gamma.shape != x.shape[1:2] or beta.shape != gamma.shape:
        raise ValueError(f"x {x.shape} needs one gamma and one beta per channel, not {gamma.shape} and {beta.shape}")
    x = x.astype(result_dtype(x, gamma))
    axes = (0, *range(2, x.ndim))
    is_training = bn_param["mode"] == "train"
    if is_training:
        mean, variance = x.mean(axis=axes, keepdims=True), x.var(axis=axes, keepdims=True)
    else:
        mean, variance = (_beside(np.asarray(bn_param[name]), x) for name in ("running_mean", "running_var"))
    deviation = np.sqrt(variance + x.dtype.type(bn_param.get("eps", 1e-5)))
    normalised = ((x - mean) / deviation).astype(x.dtype)
    out = (_beside(gamma, x) * normalised + _beside(beta, x)).astype(x.dtype)
    return out, Cache(normalised, deviation, _beside(gamma, x), axes, is_training)


def batchnorm_backward(dout: Array, cache: Cache) -> tuple[Array, Array, Array]:
    """The gradients of a loss with respect to x, gamma and beta.

    dout: the gradient with respect to the output; cache: what `batchnorm_forward` returned. In training the batch's
    mean and variance depend on x as well: what dout has of a constant and of the normalised x changes nothing, and is
    taken out. Raises ValueError where the shapes differ.
    """
    if dout.shape != cache.normalised.shape:
        raise ValueError(f"dout must have the shape of the output, {cache.normalised.shape}, not {dout.shape}")
    dgamma, dbeta = (dout * cache.normalised).sum(axis=cache.axes), dout.sum(axis=cache.axes)
    inner = dout * cache.gamma
    if cache.is_training:
        along = (inner * cache.normalised).mean(axis=cache.axes, keepdims=True)
        inner = inner - inner.mean(axis=cache.axes, keepdims=True) - cache.normalised * along
    return np.asarray(inner / cache.deviation), dgamma, dbeta


def _beside(values: Array, x: Array) -> Array:
    """One number per channel, shaped to be combined with x."""
    return values.reshape(1, -1, *[1] * (x.ndim - 2))
