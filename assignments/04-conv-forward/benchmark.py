"""One call of the layer: 3x3 kernels with stride 1 and padding 1, at the size of the middle of a residual network."""

from __future__ import annotations

import numpy as np

from grader.benchmark.work import Expected, Work
from reference.fast_conv import conv_forward_offsets

# Images (N, C, H, W), number of kernels and padding. "lecture" is the layer of which most published figures are.
SHAPES = {"graded": ((4, 128, 28, 28), 64, 1), "lecture": ((8, 64, 58, 58), 64, 0)}
CASES = tuple(SHAPES)


def work(case: str = "graded") -> Work:
    """The timed call for one of CASES."""
    (n, c, height, width), f, pad = SHAPES[case]
    maps = (n, f, height + 2 * pad - 2, width + 2 * pad - 2)
    x_shape, w_shape = (n, c, height, width), (f, c, 3, 3)
    numbers = sum(map(np.prod, (x_shape, w_shape, (f,), maps)))

    def draw(rng: np.random.Generator):
        x, w, b = (rng.standard_normal(shape, dtype=np.float32) for shape in (x_shape, w_shape, (f,)))
        return x, w, b, {"stride": 1, "pad": pad, "dilation": 1}

    return Work(
        entry="conv_forward",
        shape=f"N={n}, C={c}, {height}×{width}, {f} kernels of 3×3, stride 1, padding {pad}, float32",
        draw=draw,
        expected=expected,
        operations=2.0 * np.prod(maps) * c * 9,
        bytes_moved=4.0 * numbers,
        picks=(0,),
    )


def expected(arguments) -> tuple[Expected, ...]:
    """The maps in float64. Their scale bounds rounding and need not be exact: float32 does for it."""
    x, w, b, conv_param = arguments
    value = conv_forward_offsets(*(array.astype(np.float64) for array in (x, w, b)), conv_param)
    return (Expected(value, conv_forward_offsets(np.abs(x), np.abs(w), np.abs(b), conv_param)),)
