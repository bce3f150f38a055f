"""Inverted dropout: in training some numbers are set to 0 at random, and the others make up for them.

    training   out = x * mask / (1 - p)     mask: 0 with probability p, else 1, drawn for each number by itself
    test       out = x

p is the probability of dropping, as in PyTorch. The expected output is x in both modes. (N. Srivastava et al., Dropout,
2014, section 10; I. Goodfellow, Y. Bengio, A. Courville, Deep Learning, section 7.12.)
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from reference.conv import result_dtype

Array: TypeAlias = npt.NDArray[Any]

SETTINGS = {"p", "mode", "rng"}


def dropout_forward(x: Array, dropout_param: Mapping[str, Any]) -> tuple[Array, Array]:
    """Drop numbers of x, of any shape, in training; copy it in test.

    dropout_param: `p`, the probability of dropping, from 0 to 1; `mode`, train or test; `rng`, the
    numpy.random.Generator that the mask is drawn from (not used in test). Returns the output and what each number was
    multiplied by: 0 or 1 / (1 - p). Raises ValueError for other settings.
    """
    unknown, missing = sorted(set(dropout_param) - SETTINGS), sorted({"p", "mode"} - set(dropout_param))
    if unknown or missing:
        raise ValueError(f"dropout_param: unknown {unknown}, missing {missing}")
    p, mode = float(dropout_param["p"]), dropout_param["mode"]
    if not 0 <= p <= 1:
        raise ValueError(f"p must be from 0 to 1, not {p}")
    dtype = result_dtype(x)
    if mode == "test":
        return x.astype(dtype), np.ones(x.shape, dtype)
    if mode != "train":
        raise ValueError(f"mode must be train or test, not {mode!r}")
    if "rng" not in dropout_param:
        raise ValueError("training needs rng, a numpy.random.Generator")
    is_kept = dropout_param["rng"].random(x.shape) >= p
    factors = is_kept.astype(dtype) / dtype.type(1 - p) if p < 1 else np.zeros(x.shape, dtype)
    return x * factors, factors


def dropout_backward(dout: Array, cache: Array) -> Array:
    """The gradient with respect to x: dout times what forward multiplied by.

    dout: the gradient with respect to the output; cache: what `dropout_forward` returned. Raises ValueError where their
    shapes differ.
    """
    if dout.shape != cache.shape:
        raise ValueError(f"dout must have the shape of the output, {cache.shape}, not {dout.shape}")
    return np.asarray(dout * cache)
