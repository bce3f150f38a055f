"""The operators of expressions, each refusing what would grow beyond the bounds before it is computed."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from typing import Any

from server.quiz.bounds import MOST_BITS, MOST_CELLS, ExpressionError, bounded

LARGEST_EXPONENT = 1024


def _add(a: Any, b: Any) -> Any:
    return bounded(a + b)


def _multiply(a: Any, b: Any) -> Any:
    for long, times in ((a, b), (b, a)):
        if isinstance(long, str | list) and isinstance(times, int) and len(long) * times > MOST_CELLS:
            raise ExpressionError(f"the result has more than {MOST_CELLS} items")
    return bounded(a * b)


def _power(base: Any, exponent: Any) -> Any:
    _need_numbers("**", base, exponent)
    if abs(exponent) > LARGEST_EXPONENT:
        raise ExpressionError(f"an exponent is at most {LARGEST_EXPONENT}")
    if isinstance(base, int) and isinstance(exponent, int) and base.bit_length() * exponent > 2 * MOST_BITS:
        raise ExpressionError(f"the number is larger than 2 to the power {MOST_BITS}")
    result = base**exponent
    if isinstance(result, complex):
        raise ExpressionError("the root of a negative number is not real")
    return bounded(result)


def _arithmetic(name: str, compute: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """An operator for numbers alone: `%` would format a string."""

    def operate(a: Any, b: Any) -> Any:
        _need_numbers(name, a, b)
        return bounded(compute(a, b))

    return operate


def _need_numbers(name: str, *values: Any) -> None:
    if not all(isinstance(value, int | float) for value in values):
        raise ExpressionError(f"{name} needs two numbers")


OPERATORS: dict[type[ast.AST], Callable[..., Any]] = {
    ast.Add: _add,
    ast.Sub: _arithmetic("-", operator.sub),
    ast.Mult: _multiply,
    ast.Div: _arithmetic("/", operator.truediv),
    ast.FloorDiv: _arithmetic("//", operator.floordiv),
    ast.Mod: _arithmetic("%", operator.mod),
    ast.Pow: _power,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.In: lambda item, items: item in items,
    ast.NotIn: lambda item, items: item not in items,
    ast.Not: operator.not_,
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
}
