"""What an assignment's benchmark.py says: which call is timed, on which inputs, and what must come out of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

UNIT_ROUNDOFF = {np.dtype(np.float32): 2.0**-24, np.dtype(np.float64): 2.0**-53}
FACTOR = 64.0
"""How many units an output may be off, in units of roundoff times `scale`: honest float32 stays below 12 for im2col,
FFT and Winograd's F(2x2, 3x3), while inputs rounded to half precision or TF32 give 500 and more."""

ROUNDING = 2.0**17
"""What is wrong by fewer units is most likely rounding: inputs rounded to bfloat16 give a few thousand to 2^16."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What one output must be: |got - value| <= factor * u * scale, u being the unit roundoff of the output's dtype.

    `value` is a float64 array of the output's shape. `scale` has the same shape and is the answer with every input and
    weight replaced by its absolute value, as for `conv(|x|, |w|)`: it bounds what rounding can do (N. Higham, Accuracy
    and Stability of Numerical Algorithms, section 3.1). None asks for equality, as where outputs are only selected.
    """

    value: npt.NDArray[Any]
    scale: npt.NDArray[Any] | None = None
    factor: float = FACTOR


@dataclass(frozen=True, slots=True)
class Work:
    """One call that is timed.

    `entry` is the submission's function and `shape` what it works on, in words. `draw` gives the arguments of a call,
    nested tuples, lists and dicts of arrays and plain values: all calls' arrays have the same shapes and dtypes.
    `expected` gives for such arguments what must come out, one for each output; `picks` says which items of the tuple
    that the entry returns those are, and is empty where it returns the one array. `dtype` is that of the outputs.
    `operations` is what the direct method needs in floating-point operations (a multiply-add is two), and `bytes_moved`
    what has to be read and written at least. `library` is the source of a submission that calls the library's own
    operator: on a GPU, who is faster than that is flagged for the staff.
    """

    entry: str
    shape: str
    draw: Callable[[np.random.Generator], tuple[Any, ...]]
    expected: Callable[[tuple[Any, ...]], tuple[Expected, ...]]
    operations: float
    bytes_moved: float
    picks: tuple[int, ...] = ()
    dtype: npt.DTypeLike = np.float32
    library: str = ""


def disagreement(got: npt.NDArray[Any], expected: Expected) -> str:
    """What is wrong with an output, in words, or nothing. `got` has the shape and dtype that the protocol asked for."""
    if expected.scale is None:
        wrong = got != expected.value
    else:
        bound = expected.factor * UNIT_ROUNDOFF[got.dtype] * expected.scale
        with np.errstate(invalid="ignore"):  # which a signalling NaN is
            wrong = ~(np.abs(got - expected.value) <= bound)  # so that a NaN is wrong
    if not wrong.any():
        return ""
    index = tuple(int(place) for place in np.argwhere(wrong)[0])
    share = float(wrong.mean())
    return (
        f"{share:.2%} of the numbers are wrong, the first at index {index}: "
        f"expected {float(expected.value[index]):.7g}, got {float(got[index]):.7g}{_rounding(got, expected, wrong)}"
    )


def _rounding(got: npt.NDArray[Any], expected: Expected, wrong: npt.NDArray[np.bool_]) -> str:
    """A sentence where what is wrong is no more than rounding, as by another type within the computation."""
    if expected.scale is None:
        return ""
    with np.errstate(invalid="ignore", divide="ignore"):
        units = np.abs(got - expected.value)[wrong] / (UNIT_ROUNDOFF[got.dtype] * expected.scale[wrong])
    worst = float(units.max())
    if not worst <= ROUNDING:
        return ""
    return (
        f". These are rounded too much: by up to {worst:,.0f} units of {got.dtype}’s precision, where "
        f"{expected.factor:g} are allowed. Is something computed in a smaller type?"
    )


def arrays_of(value: object) -> list[npt.NDArray[Any]]:
    """The arrays in nested tuples, lists and dicts, in order."""
    if isinstance(value, np.ndarray):
        return [value]
    if isinstance(value, Mapping):
        return [array for item in value.values() for array in arrays_of(item)]
    if isinstance(value, tuple | list):
        return [array for item in value for array in arrays_of(item)]
    return []
