"""One call of the backward pass, with all three gradients: 3x3 kernels with stride 1 and padding 1, many channels.

The sums are long: 576 terms in dx, 784 in dw and db. Measured over 20 draws, in units of roundoff times the scale: the
largest error of any accepted sample was 5.7 in dx, 6.2 in dw and 1.3 in db (by the loops, which add one by one; 6 draws);
the largest error that inputs rounded to half precision gave was 1681, 1248 and 304 at least. FACTORS lie between.
"""

from __future__ import annotations

import numpy as np

from grader.benchmark.work import Expected, Work
from reference.fast_conv import conv_backward_offsets

X_SHAPE, W_SHAPE, MAPS = (4, 256, 14, 14), (64, 256, 3, 3), (4, 64, 14, 14)
SETTINGS = {"stride": 1, "pad": 1, "dilation": 1}
FACTORS = (64.0, 64.0, 16.0)
"""Of dx, dw and db."""


def work(case: str = "graded") -> Work:
    """The timed call; there is the one case."""
    assert case == "graded"
    numbers = sum(map(np.prod, (X_SHAPE, W_SHAPE, MAPS)))
    return Work(
        entry="conv_backward",
        shape="N=4, C=256, 14×14, 64 kernels of 3×3, stride 1, padding 1, float32",
        draw=draw,
        expected=expected,
        # A product of the same size as the forward pass's gives dx, another dw; db is a sum.
        operations=2 * 2.0 * np.prod(MAPS) * np.prod(W_SHAPE[1:]) + np.prod(MAPS),
        bytes_moved=4.0 * (numbers + np.prod(X_SHAPE) + np.prod(W_SHAPE) + W_SHAPE[0]),
        picks=(0, 1, 2),
    )


def draw(rng: np.random.Generator) -> tuple:
    """dout, and the cache (x, w, b, conv_param)."""
    shapes = MAPS, X_SHAPE, W_SHAPE, W_SHAPE[:1]
    dout, x, w, b = (rng.standard_normal(shape, dtype=np.float32) for shape in shapes)
    return dout, (x, w, b, SETTINGS)


def expected(arguments: tuple) -> tuple[Expected, ...]:
    """dx, dw and db in float64. Their scales bound rounding and need not be exact: float32 does for them."""
    dout, (x, w, b, settings) = arguments
    values = conv_backward_offsets(dout.astype(np.float64), (x.astype(np.float64), w.astype(np.float64), b, settings))
    scales = conv_backward_offsets(np.abs(dout), (np.abs(x), np.abs(w), b, settings))
    return tuple(Expected(*parts) for parts in zip(values, scales, FACTORS, strict=True))
