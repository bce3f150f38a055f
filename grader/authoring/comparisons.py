"""Comparisons that explain themselves to students.

Every function raises CheckFailed, whose text the student reads, with the evidence beside it.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import FlakyFailure
from hypothesis.strategies import SearchStrategy, tuples

from grader import excerpts
from grader.sandbox.errors import StudentFault
from grader.sandbox.wire import Foreign, Handle

if TYPE_CHECKING:
    from grader.judge.student import Student

WINDOW = 5
"""Rows and columns of the excerpt that is shown around the worst element."""


class CheckFailed(AssertionError):  # noqa: N818 - a verdict, not an error
    """A check is not met. `evidence` is the counterexample, as JSON-ready values.

    `lesson` is the name of the wrong sample (without `.py`) whose lesson explains it, where the check knows: no wrong
    sample is then asked.
    """

    def __init__(self, message: str, evidence: dict[str, Any] | None = None, *, lesson: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.evidence = evidence
        self.lesson = lesson


def expect(condition: object, message: str, evidence: dict[str, Any] | None = None, *, lesson: str = "") -> None:
    """Fail with `message` unless `condition` holds. `lesson` is as in CheckFailed."""
    if not condition:
        raise CheckFailed(message, evidence, lesson=lesson)


class _Ended(BaseException):
    """Takes a fault that ended the student's process past Hypothesis, which would try to shrink it."""

    def __init__(self, fault: StudentFault) -> None:
        super().__init__(str(fault))
        self.fault = fault


def for_all(
    holds: Callable[..., None], rng: np.random.Generator, *cases: SearchStrategy[Any], examples: int = 20
) -> None:
    """Call `holds` with so many cases drawn at random, one argument from each strategy of Hypothesis's.

    A failure is shrunk, and the smallest case that fails is what the student sees: strategies should put the simplest
    first. Draws depend on `rng` alone, so a regrade repeats them. Raises what `holds` raises on the smallest case.

    A case that ends the student's process (a time-out, a crash) is shown as it is: to shrink it would take as long
    again for each step. Where the student's code fails now and then, the first failure is raised.
    """

    def case(drawn: tuple[Any, ...]) -> None:
        try:
            holds(*drawn)
        except StudentFault as fault:
            if fault.alive:
                raise
            raise _Ended(fault) from None

    repeated = settings(
        max_examples=examples,
        deadline=None,
        database=None,
        report_multiple_bugs=False,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    try:
        repeated(seed(int(rng.integers(2**32)))(given(tuples(*cases))(case)))()
    except _Ended as ended:
        raise ended.fault from None
    except FlakyFailure as flaky:
        raise flaky.exceptions[0] from None


def expect_close(
    got: object,
    expected: npt.ArrayLike,
    rtol: float = 1e-10,
    atol: float = 1e-12,
    what: str = "out",
    call: str = "",
) -> None:
    """Fail unless `got` has the expected shape and values with |got - expected| <= atol + rtol |expected|.

    A NaN or an infinity is right only where the same is expected. Works for tensors as well.
    """
    wanted = as_array(expected)
    array = _array_of(got, what)
    _same_shape(array, wanted, what)
    with np.errstate(invalid="ignore", over="ignore"):
        error = np.abs(array.astype(np.result_type(array, np.float64)) - wanted)
        near = np.isfinite(wanted) & (error <= atol + rtol * np.abs(wanted))
        wrong = ~(near | (array == wanted) | (np.isnan(array) & np.isnan(wanted)))
    if wrong.any():
        raise _value_failure(array, wanted, wrong, error, what, call)


def expect_equal(got: object, expected: npt.ArrayLike, what: str = "out", call: str = "") -> None:
    """Fail unless `got` is an array that equals `expected` exactly."""
    expect_close(got, expected, rtol=0.0, atol=0.0, what=what, call=call)


def expect_scaled(
    got: object, exact: npt.ArrayLike, magnitude: npt.ArrayLike, limit: float = 64, what: str = "out"
) -> None:
    """Fail unless the scaled error k = max |got - exact| / (2^-24 magnitude) is at most `limit`.

    For float32 results: `exact` is the float64 reference and `magnitude` the same operation on absolute values.
    Honest float32 code stays below 12; inputs cut to half precision give more than 500.
    """
    wanted, scale = as_array(exact), as_array(magnitude)
    array = _array_of(got, what)
    _same_shape(array, wanted, what)
    if not np.isfinite(array).all():
        raise _value_failure(array, wanted, ~np.isfinite(array), np.abs(array - wanted), what, "")
    k = np.abs(array.astype(np.float64) - wanted) / (2.0**-24 * np.maximum(scale, np.finfo(np.float64).tiny))
    if k.size and k.max() > limit:
        raise _value_failure(
            array, wanted, k > limit, k, what, "", f"rounding error {k.max():,.0f} times what float32 has"
        )


def expect_shape(got: object, shape: tuple[int, ...], what: str = "out") -> None:
    """Fail unless `got` is an array of that shape."""
    array = _array_of(got, what)
    if array.shape != tuple(shape):
        raise _shape_failure(array.shape, tuple(shape), what)


def expect_dtype(got: object, dtype: npt.DTypeLike, what: str = "out") -> None:
    """Fail unless `got` is an array of that dtype."""
    array = _array_of(got, what)
    wanted = np.dtype(dtype)
    if array.dtype != wanted:
        raise CheckFailed(
            f"{what} has dtype {array.dtype}; {wanted} is expected.", {"expected": str(wanted), "got": str(array.dtype)}
        )


def expect_pure(student: Student, what: str = "The function") -> None:
    """Fail when the latest call changed one of its inputs, or returned memory that is an input's."""
    report = student.report
    if report.mutated:
        raise CheckFailed(f"{what} changed its input {', '.join(report.mutated)}. Work on a copy instead.")
    if report.aliased:
        raise CheckFailed(
            f"{what} returned memory that belongs to its input {report.aliased[0]}: "
            "whoever changes the output changes the input. Return a new array."
        )


def as_array(value: Any) -> np.ndarray[Any, Any]:
    """An array or a tensor as an array."""
    if hasattr(value, "detach"):
        return np.asarray(value.detach().cpu().numpy())
    return np.asarray(value)


def _array_of(got: object, what: str) -> np.ndarray[Any, Any]:
    if isinstance(got, Handle):
        raise CheckFailed(f"{what} is a {got.type_name}, not an array.")
    if isinstance(got, np.ndarray | np.generic) or hasattr(got, "detach"):
        array = as_array(got)
        if array.dtype.kind not in "biufc":
            raise CheckFailed(f"{what} is an array of dtype {array.dtype}, not of numbers.")
        return array
    if isinstance(got, Foreign):
        raise CheckFailed(f"{what} is {got.what}, not an array of numbers.")
    if got is None:
        raise CheckFailed(f"{what} is None. Is a return missing?")
    if isinstance(got, list | tuple):
        kind = type(got).__name__
        raise CheckFailed(f"{what} is a {kind} of {len(got)}, not an array. Return a NumPy array.")
    if isinstance(got, int) and got.bit_length() > 64:
        raise CheckFailed(f"{what} is an integer of {got.bit_length()} bits, too large to be right.")
    if isinstance(got, int | float):
        return np.asarray(got)
    raise CheckFailed(f"{what} is a {type(got).__name__}, not an array.")


def _same_shape(array: np.ndarray[Any, Any], wanted: np.ndarray[Any, Any], what: str) -> None:
    if array.shape != wanted.shape:
        raise _shape_failure(array.shape, wanted.shape, what)


def _shape_failure(got: tuple[int, ...], expected: tuple[int, ...], what: str) -> CheckFailed:
    hint = ""
    if len(got) != len(expected):
        hint = f" It has {len(got)} dimensions instead of {len(expected)}."
    elif len(got) >= 2 and got[-2:] == expected[:-3:-1] and got[:-2] == expected[:-2]:
        hint = " Height and width are exchanged."
    return CheckFailed(
        f"{what} has shape {got}; {expected} is expected.{hint}", {"expected": list(expected), "got": list(got)}
    )


def _value_failure(
    got: np.ndarray[Any, Any],
    expected: np.ndarray[Any, Any],
    wrong: np.ndarray[Any, Any],
    error: np.ndarray[Any, Any],
    what: str,
    call: str,
    note: str = "",
) -> CheckFailed:
    ranked = np.where(wrong, np.where(np.isfinite(error), error, np.inf), -1.0)
    index = tuple(int(i) for i in np.unravel_index(int(np.argmax(ranked)), ranked.shape)) if ranked.ndim else ()
    place = f"{what}[{', '.join(map(str, index))}]" if index else what
    share = f"{int(wrong.sum()):,} of {wrong.size:,} values differ"
    extra = f" ({note})" if note else ""
    if not np.isfinite(got).all() and np.isfinite(expected).all():
        extra += " There are values that are not finite (NaN or infinity)."
    message = f"{share}. The worst is {place}: expected {_number(expected[index])}, got {_number(got[index])}.{extra}"
    evidence: dict[str, Any] = {
        "what": what,
        "index": list(index),
        "expected": json_value(expected[index]),
        "got": json_value(got[index]),
    }
    if got.ndim >= 2:
        evidence |= _windows(got, expected, index)
        maps = excerpts.compared(got, expected, index)
        evidence |= {"maps": maps} if maps else {}
    if call:
        evidence["call"] = call
    return CheckFailed(message, evidence)


def _windows(got: np.ndarray[Any, Any], expected: np.ndarray[Any, Any], index: tuple[int, ...]) -> dict[str, Any]:
    """The rows and columns around the worst element, of both arrays, and where the excerpt begins."""
    plane = index[:-2]
    origin = [max(0, min(i - WINDOW // 2, size - WINDOW)) for i, size in zip(index[-2:], got.shape[-2:], strict=True)]
    rows, columns = (slice(start, start + WINDOW) for start in origin)
    return {
        "expected_window": [[json_value(v) for v in row] for row in expected[plane][rows, columns]],
        "got_window": [[json_value(v) for v in row] for row in got[plane][rows, columns]],
        "window_origin": [*plane, *origin],
    }


def json_value(value: Any) -> float | int | bool | str:
    """A number as strict JSON has it: six significant digits are enough to read, NaN and infinity become text."""
    if isinstance(value, bool | np.bool_):
        return bool(value)
    if isinstance(value, int | np.integer):
        return int(value)
    if isinstance(value, complex | np.complexfloating):
        return str(value)
    number = float(value)
    return float(f"{number:.12g}") if math.isfinite(number) else str(number)


def _number(value: Any) -> str:
    shown = json_value(value)
    return f"{shown:.6g}" if isinstance(shown, float) else str(shown)
