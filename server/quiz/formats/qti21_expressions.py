"""The expressions of QTI 2.1's response processing, each made into a function of what was answered and set so far."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, DivisionByZero, InvalidOperation
from typing import Any

from lxml.etree import _Element as Element

from server.quiz.formats.decimals import decimal
from server.quiz.formats.exchange import NotHeld
from server.quiz.formats.xml_reading import child, children, name, text

Value = Any
"""None, a bool, a Decimal, a string, or a frozenset of strings."""


@dataclass(frozen=True, slots=True)
class Declared:
    """A response's declaration: what is right, and what each value is worth."""

    is_several: bool
    is_number: bool
    correct: tuple[str, ...]
    mapping: Mapping[Value, Decimal] | None
    default: Decimal
    low: Decimal | None
    high: Decimal | None

    def value(self, written: str) -> Value:
        """A value as it is compared."""
        number = decimal(written) if self.is_number else None
        return written.strip() if number is None else number

    @property
    def right(self) -> Value:
        """The correct response; None where none is declared."""
        if self.is_several:
            return frozenset(self.correct)
        return self.value(self.correct[0]) if self.correct else None

    def worth(self, given: Value) -> Decimal:
        """What the mapping makes of an answer: each value's worth or the default, added up, within bounds."""
        picked = given if isinstance(given, frozenset) else () if given is None else (given,)
        total = sum(((self.mapping or {}).get(each, self.default) for each in picked), Decimal(0))
        total = total if self.low is None else max(total, self.low)
        return total if self.high is None else min(total, self.high)


def declared(element: Element, *, is_number: bool) -> Declared:
    """A response's declaration."""
    mapping = child(element, "mapping")
    correct = tuple(text(each).strip() for each in children(child(element, "correctResponse"), "value"))
    bare = Declared(element.get("cardinality") == "multiple", is_number, correct, None, Decimal(0), None, None)
    if mapping is None:
        return bare
    entries = {
        bare.value(each.get("mapKey", "")): _number(each, "mappedValue") or Decimal(0)
        for each in children(mapping, "mapEntry")
    }
    default = _number(mapping, "defaultValue") or Decimal(0)
    low, high = _number(mapping, "lowerBound"), _number(mapping, "upperBound")
    return Declared(bare.is_several, is_number, correct, entries, default, low, high)


def _number(element: Element, key: str) -> Decimal | None:
    return decimal(element.get(key, ""))


@dataclass(slots=True)
class State:
    """What was answered, and the outcomes as they are set."""

    given: Mapping[str, Value]
    outcomes: dict[str, Value]

    def variable(self, identifier: str) -> Value:
        """A response or an outcome."""
        return self.given.get(identifier, self.outcomes.get(identifier))


Expression = Callable[[State], Value]


def read_expression(element: Element, responses: Mapping[str, Declared]) -> Expression:
    """An expression as a function. Raises NotHeld for one that cannot be tried out."""
    kind, identifier = name(element), element.get("identifier", "")
    if kind == "variable":
        return lambda state: state.variable(identifier)
    if kind in ("correct", "mapResponse"):
        response = responses.get(identifier)
        if response is None:
            raise NotHeld(f"Its scoring names a response “{identifier[:30]}” that it does not have.")
        if kind == "correct":
            return lambda _: response.right
        return lambda state: response.worth(state.variable(identifier))
    if kind == "baseValue":
        constant = _constant(element, any(each.is_number for each in responses.values()))
        return lambda _: constant
    if kind == "equal":
        return _equal(element, _inner(element, responses))
    if kind not in FUNCTIONS:
        raise NotHeld(f"Its scoring has the expression <{kind}>, which cannot be read.")
    function, inner = FUNCTIONS[kind], _inner(element, responses)
    return lambda state: function([each(state) for each in inner])


def _inner(element: Element, responses: Mapping[str, Declared]) -> list[Expression]:
    return [read_expression(each, responses) for each in children(element)]


def _constant(element: Element, is_number: bool) -> Value:
    written, kind = text(element).strip(), element.get("baseType", "")
    if kind == "boolean":
        return written == "true"
    number = decimal(written) if kind in ("float", "integer") or is_number else None
    return written if number is None else number


def _equal(element: Element, inner: list[Expression]) -> Expression:
    mode, tolerance = element.get("toleranceMode", "exact"), element.get("tolerance", "0")

    def equal(state: State) -> Value:
        first, second = (each(state) for each in inner)
        if not isinstance(first, Decimal) or not isinstance(second, Decimal):
            return None
        low, high = bounds(second, mode, tolerance)
        return low <= first <= high

    return equal


def bounds(value: Decimal, mode: str, tolerance: str) -> tuple[Decimal, Decimal]:
    """The numbers that are equal to a value. Raises NotHeld for a tolerance that is no number."""
    widths = [decimal(each) for each in tolerance.split()] or [Decimal(0)]
    below, above = widths[0], widths[-1]
    if mode == "exact":
        return value, value
    if below is None or above is None:
        raise NotHeld(f"Its tolerance “{tolerance[:30]}” is no number.")
    if mode == "relative":
        below, above = abs(value) * below / 100, abs(value) * above / 100
    return value - below, value + above


def _all(values: list[Value]) -> Value:
    return all(value is True for value in values)


def _match(values: list[Value]) -> Value:
    first, second = values
    if first is None or second is None:
        return None
    return (
        frozenset({first}) if isinstance(second, frozenset) and not isinstance(first, frozenset) else first
    ) == second


def _compared(compare: Callable[[Decimal, Decimal], bool]) -> Callable[[list[Value]], Value]:
    def test(values: list[Value]) -> Value:
        first, second = values
        return compare(first, second) if isinstance(first, Decimal) and isinstance(second, Decimal) else None

    return test


def _reckoned(reckon: Callable[[list[Decimal]], Decimal]) -> Callable[[list[Value]], Value]:
    def compute(values: list[Value]) -> Value:
        if not values or not all(isinstance(value, Decimal) for value in values):
            return None
        try:
            return reckon(values)
        except (DivisionByZero, InvalidOperation):
            return None

    return compute


def _product(values: list[Decimal]) -> Decimal:
    product = Decimal(1)
    for value in values:
        product *= value
    return product


def _set(value: Value) -> frozenset[Value]:
    return value if isinstance(value, frozenset) else frozenset() if value is None else frozenset({value})


FUNCTIONS: dict[str, Callable[[list[Value]], Value]] = {
    "and": _all,
    "or": lambda values: any(value is True for value in values),
    "not": lambda values: not values[0] if isinstance(values[0], bool) else None,
    "isNull": lambda values: values[0] is None or values[0] == frozenset(),
    "null": lambda _: None,
    "match": _match,
    "stringMatch": _match,
    "member": lambda values: None if values[0] is None else values[0] in _set(values[1]),
    "contains": lambda values: _set(values[0]) >= _set(values[1]),
    "containerSize": lambda values: Decimal(len(_set(values[0]))),
    "multiple": lambda values: frozenset().union(*map(_set, values)),
    "gt": _compared(lambda first, second: first > second),
    "gte": _compared(lambda first, second: first >= second),
    "lt": _compared(lambda first, second: first < second),
    "lte": _compared(lambda first, second: first <= second),
    "sum": _reckoned(lambda values: sum(values, Decimal(0))),
    "product": _reckoned(_product),
    "subtract": _reckoned(lambda values: values[0] - values[1]),
    "divide": _reckoned(lambda values: values[0] / values[1]),
    "min": _reckoned(min),
    "max": _reckoned(max),
    "integerToFloat": _reckoned(lambda values: values[0]),
}
