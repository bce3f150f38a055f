"""QTI 2.1's response processing: rules in order that set outcomes, or one of the standard's own templates."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal

from lxml.etree import _Element as Element

from server.quiz.formats.decimals import decimal
from server.quiz.formats.exchange import NotHeld
from server.quiz.formats.qti21_expressions import Declared, State, Value, bounds, declared, read_expression
from server.quiz.formats.qti_outcomes import Bound, Given, Interval, Outcome, Processing, intervals_between
from server.quiz.formats.xml_reading import below, child, children, name, text

MOST_NODES = 2000
FEEDBACK = ("modalFeedback", "feedbackBlock", "feedbackInline")
Rule = Callable[[State], bool]
"""Does what it says to the outcomes; True ends the processing."""


def read_processing(item: Element, response: str, *, is_number: bool) -> Processing:
    """An item's scoring for its one response. Raises NotHeld for what cannot be tried out."""
    found = next((each for each in children(item, "responseDeclaration") if each.get("identifier") == response), None)
    if found is None:
        raise NotHeld("It does not say what is right: it is graded by hand.")
    own = declared(found, is_number=is_number)
    outcomes = {each.get("identifier", ""): _default(each) for each in children(item, "outcomeDeclaration")}
    processing = child(item, "responseProcessing")
    if processing is not None and sum(1 for _ in processing.iter()) > MOST_NODES:
        raise NotHeld("Its scoring has too many rules.")
    rules = _rules(processing, response, own)
    shows = [_shows(each) for each in below(item, *FEEDBACK)]

    def run(given: Given) -> Outcome:
        answer: Value = (
            given.number if is_number else given.picked if own.is_several else next(iter(given.picked), None)
        )
        state = State({response: answer or None if own.is_several else answer}, dict(outcomes))
        for rule in rules:
            if rule(state):
                break
        score = state.outcomes.get("SCORE")
        shown = tuple(str(place) for place, is_shown in enumerate(shows) if is_shown(state))
        return Outcome(float(score) if isinstance(score, Decimal) else 0.0, shown)

    intervals = _intervals(processing, response, own) if is_number else []
    return Processing(run, _most(item, outcomes), (frozenset(own.correct),), tuple(intervals))


def _default(element: Element) -> Value:
    values = [text(each).strip() for each in children(child(element, "defaultValue"), "value")]
    numbers = [decimal(each) for each in values]
    if element.get("cardinality") == "multiple":
        return frozenset(values)
    return None if not values else values[0] if numbers[0] is None else numbers[0]


def _most(item: Element, outcomes: Mapping[str, Value]) -> float | None:
    """The full score where the item says it."""
    stated = outcomes.get("MAXSCORE")
    score = next((each for each in children(item, "outcomeDeclaration") if each.get("identifier") == "SCORE"), None)
    most = (
        stated
        if isinstance(stated, Decimal)
        else decimal(score.get("normalMaximum", ""))
        if score is not None
        else None
    )
    return float(most) if most else None


def _shows(element: Element) -> Callable[[State], bool]:
    """Whether feedback is shown."""
    outcome, identifier = element.get("outcomeIdentifier", ""), element.get("identifier", "")
    is_hidden = element.get("showHide", "show") == "hide"

    def test(state: State) -> bool:
        value = state.variable(outcome)
        return ((identifier in value) if isinstance(value, frozenset) else value == identifier) != is_hidden

    return test


def _rules(processing: Element | None, response: str, own: Declared) -> list[Rule]:
    template = processing.get("template", "") if processing is not None else ""
    if processing is None or (template and not children(processing)):
        is_mapped = "map_response" in template if template else own.mapping is not None
        if template and not is_mapped and "match_correct" not in template:
            raise NotHeld(f"Its scoring is the template {template.rpartition('/')[2][:40]}, which is not known.")
        return [_mapped(response, own) if is_mapped else _matched(response, own)]
    return [_rule(each, {response: own}) for each in children(processing)]


def _mapped(response: str, own: Declared) -> Rule:
    def rule(state: State) -> bool:
        state.outcomes["SCORE"] = own.worth(state.variable(response))
        return False

    return rule


def _matched(response: str, own: Declared) -> Rule:
    if not own.correct:
        raise NotHeld("It does not say what is right: it is graded by hand.")

    def rule(state: State) -> bool:
        state.outcomes["SCORE"] = Decimal(state.variable(response) == own.right)
        return False

    return rule


def _rule(element: Element, responses: Mapping[str, Declared]) -> Rule:
    kind = name(element)
    if kind == "setOutcomeValue":
        return _setting(element, responses)
    if kind == "exitResponse":
        return lambda _: True
    if kind == "responseProcessingFragment":
        return _all_of([_rule(each, responses) for each in children(element)])
    if kind != "responseCondition":
        raise NotHeld(f"Its scoring has the rule <{kind}>, which cannot be read.")
    return _condition(element, responses)


def _setting(element: Element, responses: Mapping[str, Declared]) -> Rule:
    expressions = [read_expression(each, responses) for each in children(element)]
    if len(expressions) != 1:
        raise NotHeld("A rule of its scoring sets no value.")
    identifier = element.get("identifier", "")

    def rule(state: State) -> bool:
        state.outcomes[identifier] = expressions[0](state)
        return False

    return rule


def _all_of(rules: list[Rule]) -> Rule:
    return lambda state: any(rule(state) for rule in rules)


def _condition(element: Element, responses: Mapping[str, Declared]) -> Rule:
    """`responseIf`, any `responseElseIf`, and `responseElse`: the first that holds."""
    branches = []
    for branch in children(element, "responseIf", "responseElseIf", "responseElse"):
        parts = children(branch)
        is_else = name(branch) == "responseElse"
        if not is_else and not parts:
            raise NotHeld("A condition of its scoring is empty.")
        test = (lambda _: True) if is_else else read_expression(parts[0], responses)
        branches.append((test, _all_of([_rule(each, responses) for each in parts[not is_else :]])))

    def rule(state: State) -> bool:
        return next((do(state) for test, do in branches if test(state) is True), False)

    return rule


def _intervals(processing: Element | None, response: str, own: Declared) -> list[Interval]:
    """The numbers that the processing names, in its order."""
    found: list[Interval] = []
    for element in processing.iter() if processing is not None else ():
        if name(element) in ("equal", "match", "stringMatch"):
            found += _around(element, response, own)
        elif name(element) == "and":
            found += _between(element, response)
    mapped = [key for key in own.mapping or {} if isinstance(key, Decimal)]
    right = [own.right] if isinstance(own.right, Decimal) else []
    known = [value for value in [*mapped, *right] if not any(each.contains(value) for each in found)]
    return [*found, *(Interval(value, value, value) for value in known)]


def _operands(element: Element, response: str, own: Declared | None = None) -> tuple[bool, Decimal | None]:
    """Whether the response stands first, and the number that it is compared with."""
    parts = children(element)
    if len(parts) != 2:
        return False, None
    is_first = name(parts[0]) == "variable" and parts[0].get("identifier") == response
    other = parts[1] if is_first else parts[0]
    if name(other) == "correct" and own is not None:
        return is_first, own.right if isinstance(own.right, Decimal) else None
    return is_first, decimal(text(other)) if name(other) == "baseValue" else None


def _around(element: Element, response: str, own: Declared) -> list[Interval]:
    _, value = _operands(element, response, own)
    if value is None:
        return []
    mode = element.get("toleranceMode", "exact") if name(element) == "equal" else "exact"
    low, high = bounds(value, mode, element.get("tolerance", "0"))
    return [Interval(low, high, value)] if low <= high else []


def _between(element: Element, response: str) -> list[Interval]:
    lows: list[Bound] = []
    highs: list[Bound] = []
    for each in children(element, "gt", "gte", "lt", "lte"):
        is_first, value = _operands(each, response)
        if value is not None:
            is_low = (name(each) in ("gt", "gte")) == is_first
            (lows if is_low else highs).append((value, name(each) in ("gte", "lte")))
    return intervals_between(lows, highs)
