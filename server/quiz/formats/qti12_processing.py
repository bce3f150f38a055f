"""QTI 1.2's response processing: conditions in order, each setting or adding to a score and showing feedback."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from lxml.etree import _Element as Element

from server.quiz.formats.decimals import decimal
from server.quiz.formats.exchange import NotHeld
from server.quiz.formats.qti_outcomes import Bound, Given, Interval, Outcome, Processing, intervals_between
from server.quiz.formats.xml_reading import below, child, children, name, text

MOST_NODES = 400
Test = Callable[[Given], bool]
COMPARISONS: dict[str, Callable[[Decimal, Decimal], bool]] = {
    "vargt": lambda number, bound: number > bound,
    "vargte": lambda number, bound: number >= bound,
    "varlt": lambda number, bound: number < bound,
    "varlte": lambda number, bound: number <= bound,
}
ACTIONS: dict[str, Callable[[float, float], float]] = {
    "set": lambda _, value: value,
    "add": lambda score, value: score + value,
    "subtract": lambda score, value: score - value,
    "multiply": lambda score, value: score * value,
    "divide": lambda score, value: score / value if value else math.nan,
}


@dataclass(frozen=True, slots=True)
class _Rule:
    """A condition, what it does to the score, the feedback that it shows, and whether the next one is looked at."""

    test: Test
    changes: tuple[tuple[Callable[[float, float], float], float], ...]
    feedback: tuple[str, ...]
    goes_on: bool


def read_processing(item: Element, *, is_several: bool) -> Processing:
    """An item's scoring. Raises NotHeld for conditions that cannot be tried out."""
    element = child(item, "resprocessing")
    if element is None:
        raise NotHeld("It does not say what is right: it is graded by hand.")
    if sum(1 for _ in element.iter()) > MOST_NODES * 5:
        raise NotHeld("Its scoring has too many conditions.")
    variables = below(element, "decvar")
    score = _score_name(element, variables)
    declared = next((each for each in variables if each.get("varname", "SCORE") == score), None)
    low, high, start = (_bound(declared, key) for key in ("minvalue", "maxvalue", "defaultval"))
    rules = [_rule(each, score, is_several=is_several) for each in children(element, "respcondition")]

    def run(given: Given) -> Outcome:
        total, shown = start or 0.0, tuple[str, ...]()
        for rule in rules:
            if rule.test(given):
                for change, value in rule.changes:
                    total = change(total, value)
                shown += rule.feedback
                if not rule.goes_on:
                    break
        total = total if low is None else max(total, low)
        return Outcome(min(total, high) if high else total, shown)

    conditions = [each for rule in children(element, "respcondition") for each in children(rule, "conditionvar")]
    hints = tuple(_positive(each) for each in conditions)
    return Processing(run, high, hints, tuple(found for each in conditions for found in _intervals(each)))


def _score_name(element: Element, variables: list[Element]) -> str:
    names = [each.get("varname", "SCORE") for each in [*variables, *below(element, "setvar")]]
    return "SCORE" if "SCORE" in names or not names else names[0]


def _bound(declared: Element | None, key: str) -> float | None:
    number = decimal(declared.get(key, "")) if declared is not None else None
    return None if number is None else float(number)


def _rule(element: Element, score: str, *, is_several: bool) -> _Rule:
    condition = child(element, "conditionvar")
    settings = [each for each in children(element, "setvar") if each.get("varname", "SCORE") == score]
    changes = tuple(_change(each) for each in settings)
    adds = all(each.get("action", "Set").lower() == "add" for each in settings)
    goes_on = element.get("continue", "Yes" if adds and settings else "No").lower() == "yes"
    shown = tuple(each.get("linkrefid", "") for each in children(element, "displayfeedback"))
    test = _test(condition, is_several=is_several) if condition is not None else (lambda _: True)
    return _Rule(test, changes, shown, goes_on)


def _change(element: Element) -> tuple[Callable[[float, float], float], float]:
    action, value = element.get("action", "Set").lower(), decimal(text(element))
    if action not in ACTIONS or value is None:
        raise NotHeld(f"Its scoring has “{text(element)[:20]}” where a number of points is expected.")
    return ACTIONS[action], float(value)


def _test(element: Element, *, is_several: bool) -> Test:
    kind = name(element)
    if kind in ("conditionvar", "and", "or", "not"):
        tests = [_test(each, is_several=is_several) for each in children(element)]
        return _combined(kind, element, tests, is_several=is_several)
    if kind == "other":
        return lambda _: True
    if kind == "unanswered":
        return lambda given: not given.picked and given.number is None
    value = text(element).strip()
    number = decimal(value)
    if kind == "varequal":
        return lambda given: value in given.picked or (given.number is not None and given.number == number)
    if kind in COMPARISONS and number is not None:
        compare, bound = COMPARISONS[kind], number
        return lambda given: given.number is not None and compare(given.number, bound)
    raise NotHeld(f"Its scoring has the condition <{kind}>, which cannot be read.")


def _combined(kind: str, element: Element, tests: list[Test], *, is_several: bool) -> Test:
    """Conditions together. Several values that one answer cannot have at once are alternatives."""
    are_alternatives = not is_several and len(tests) > 1 and {name(each) for each in children(element)} == {"varequal"}
    if kind == "or" or (kind == "conditionvar" and are_alternatives):
        return lambda given: any(test(given) for test in tests)
    if kind == "not":
        return lambda given: not all(test(given) for test in tests)
    return lambda given: all(test(given) for test in tests)


def _positive(condition: Element) -> frozenset[str]:
    """The options that a condition names outside any `not`."""
    refused = {each for no in below(condition, "not") for each in below(no, "varequal")}
    return frozenset(text(each).strip() for each in below(condition, "varequal") if each not in refused)


def _intervals(element: Element) -> list[Interval]:
    """The numbers that a condition accepts, as far as it says so by values and bounds."""
    found: list[Interval] = []
    lows: list[Bound] = []
    highs: list[Bound] = []
    values: list[Decimal] = []
    for each in children(element):
        number = decimal(text(each)) if not len(each) else None
        if name(each) in ("and", "or"):
            found += _intervals(each)
        elif number is not None and name(each) == "varequal":
            values.append(number)
        elif number is not None and name(each) in ("vargt", "vargte"):
            lows.append((number, name(each) == "vargte"))
        elif number is not None and name(each) in ("varlt", "varlte"):
            highs.append((number, name(each) == "varlte"))
    return _with_values([*found, *intervals_between(lows, highs)], values)


def _with_values(found: list[Interval], values: list[Decimal]) -> list[Interval]:
    """The intervals, each with the value that is named beside it; a value outside them is an interval of its own."""
    named = []
    for interval in found:
        inside = next((value for value in values if interval.contains(value)), interval.value)
        named.append(Interval(interval.low, interval.high, inside))
    alone = [value for value in values if not any(interval.contains(value) for interval in found)]
    return [*(Interval(value, value, value) for value in alone), *named]
