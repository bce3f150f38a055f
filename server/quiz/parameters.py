"""How the values of a question's names are drawn: ranges, choices, lists, grids, and expressions of earlier names."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from server.quiz.bounds import MOST_CELLS, ExpressionError, bounded
from server.quiz.chance import Chance
from server.quiz.expressions import Expression, Scope, evaluate, parse
from server.quiz.functions import FUNCTIONS

MOST_CHOICES = 200
LARGEST = 10**15


class ParameterError(ValueError):
    """A name cannot be drawn as it is written; the message says why."""


class Parameter(Protocol):
    """One way to draw a value; `names` are the earlier ones that it needs."""

    @property
    def names(self) -> frozenset[str]:
        """The names that must be drawn before."""

    def draw(self, chance: Chance, scope: Scope) -> Any:
        """A value. Raises ParameterError and ExpressionError."""


@dataclass(frozen=True, slots=True)
class Computed:
    """A value that follows from the earlier ones."""

    expression: Expression

    @property
    def names(self) -> frozenset[str]:
        """The names in the expression."""
        return self.expression.names

    def draw(self, chance: Chance, scope: Scope) -> Any:
        """The expression's value."""
        return evaluate(self.expression, scope)


@dataclass(frozen=True, slots=True)
class Choice:
    """One of some values, each as likely as the others."""

    values: tuple[Any, ...]
    names: frozenset[str] = frozenset()

    def draw(self, chance: Chance, scope: Scope) -> Any:
        """One of the values."""
        return self.values[chance.below(len(self.values))]


@dataclass(frozen=True, slots=True)
class Range:
    """Whole numbers from `first` to `last`, both included, in steps; several of them where `shape` has sizes."""

    first: Expression
    last: Expression
    step: int = 1
    shape: tuple[int, ...] = ()
    distinct: bool = False

    @property
    def names(self) -> frozenset[str]:
        """The names in its ends."""
        return self.first.names | self.last.names

    def draw(self, chance: Chance, scope: Scope) -> Any:
        """A number, a list, or a list of rows."""
        low, high = (_whole(evaluate(end, scope)) for end in (self.first, self.last))
        count = (high - low) // self.step + 1
        if count < 1:
            raise ParameterError(f"there is no number from {low} to {high}")
        picks = self._picks(chance, count)
        numbers = [low + self.step * pick for pick in picks]
        if not self.shape:
            return numbers[0]
        if len(self.shape) == 1:
            return numbers
        return [numbers[i : i + self.shape[1]] for i in range(0, len(numbers), self.shape[1])]

    def _picks(self, chance: Chance, count: int) -> list[int]:
        wanted = math.prod(self.shape)
        if not self.distinct:
            return [chance.below(count) for _ in range(wanted)]
        if wanted > count:
            raise ParameterError(f"{count} numbers cannot give {wanted} that all differ")
        picks: list[int] = []
        while len(picks) < wanted:
            pick = chance.below(count)
            if pick not in picks:
                picks.append(pick)
        return picks


def read_parameter(name: str, how: Any) -> Parameter:
    """How `name` is drawn. Raises ParameterError."""
    if not name.isidentifier() or name.startswith("_") or name in FUNCTIONS or len(name) > 40:
        raise ParameterError(f"{name[:40]!r} cannot be a name: letters and digits that name no function are needed")
    if isinstance(how, str | int | float) and not isinstance(how, bool):
        return Computed(_expression(how))
    if not isinstance(how, Mapping):
        raise ParameterError("an expression as a text, or a table such as { from = 1, to = 9 } is needed")
    return _choice(how) if "choice" in how else _range(how)


def _expression(text: Any) -> Expression:
    if isinstance(text, int | float) and not isinstance(text, bool):
        return parse(repr(text))
    if not isinstance(text, str):
        raise ParameterError(f"{text!r} is no number and no expression")
    try:
        return parse(text)
    except ExpressionError as error:
        raise ParameterError(str(error)) from None


def _choice(how: Mapping[str, Any]) -> Choice:
    _refuse_unknown(how, {"choice"})
    values = how["choice"]
    if not isinstance(values, list) or not 1 <= len(values) <= MOST_CHOICES:
        raise ParameterError(f"choice is a list of one to {MOST_CHOICES} values")
    try:
        return Choice(tuple(bounded(value) for value in values))
    except ExpressionError as error:
        raise ParameterError(f"choice: {error}") from None


def _range(how: Mapping[str, Any]) -> Range:
    _refuse_unknown(how, {"from", "to", "step", "list", "grid", "distinct"})
    if "from" not in how or "to" not in how:
        raise ParameterError("it needs from and to, or choice")
    step, distinct = how.get("step", 1), how.get("distinct", False)
    if not isinstance(step, int) or isinstance(step, bool) or step < 1:
        raise ParameterError("step is a whole number above 0")
    if not isinstance(distinct, bool):
        raise ParameterError("distinct is true or false")
    first, last = (_expression(how[end]) for end in ("from", "to"))
    return Range(first, last, step, _shape(how), distinct)


def _shape(how: Mapping[str, Any]) -> tuple[int, ...]:
    if "list" in how and "grid" in how:
        raise ParameterError("it is a list or a grid, not both")
    sizes = [how["list"]] if "list" in how else how.get("grid", [])
    if "grid" in how and (not isinstance(sizes, list) or len(sizes) != 2):
        raise ParameterError("grid is [rows, columns]")
    whole = all(isinstance(size, int) and not isinstance(size, bool) and size >= 1 for size in sizes)
    if not whole or math.prod(sizes) > MOST_CELLS // 4:
        raise ParameterError(f"list and grid have from 1 to {MOST_CELLS // 4} numbers")
    return tuple(sizes)


def _refuse_unknown(how: Mapping[str, Any], known: set[str]) -> None:
    unknown = sorted(set(how) - known)
    if unknown:
        raise ParameterError(f"unknown {', '.join(unknown)}; known are {', '.join(sorted(known))}")


def _whole(value: Any) -> int:
    if not isinstance(value, int) or abs(value) > LARGEST:
        raise ParameterError(f"from and to are whole numbers, not {value!r}")
    return value
