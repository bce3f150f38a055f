"""One call of the forward pass: max pooling with overlapping windows, the first pooling layer of AlexNet."""

from __future__ import annotations

import numpy as np

from grader.benchmark.work import Expected, Work

X_SHAPE, OUT_SHAPE = (16, 96, 55, 55), (16, 96, 27, 27)
SIDE, STRIDE = 3, 2


def work(case: str = "graded") -> Work:
    """The timed call; there is the one case."""
    assert case == "graded"
    return Work(
        entry="pool_forward",
        shape="N=16, C=96, 55×55, max of 3×3 windows, stride 2, float32",
        draw=draw,
        expected=expected,
        operations=(SIDE * SIDE - 1.0) * np.prod(OUT_SHAPE),  # comparisons
        bytes_moved=4.0 * (np.prod(X_SHAPE) + np.prod(OUT_SHAPE)),  # windows overlap, but each pixel is read once
        picks=(0,),
    )


def draw(rng: np.random.Generator) -> tuple:
    """x and pool_param."""
    settings = {"pool_height": SIDE, "pool_width": SIDE, "stride": STRIDE, "type": "max"}
    return rng.standard_normal(X_SHAPE, dtype=np.float32), settings


def expected(arguments: tuple) -> tuple[Expected, ...]:
    """The maxima, which are numbers of x: they must be equal."""
    x, _settings = arguments
    reach = STRIDE * (OUT_SHAPE[-1] - 1) + 1
    out = x[:, :, :reach:STRIDE, :reach:STRIDE].copy()
    for u, v in np.ndindex(SIDE, SIDE):
        np.maximum(out, x[:, :, u : u + reach : STRIDE, v : v + reach : STRIDE], out=out)
    return (Expected(out),)
