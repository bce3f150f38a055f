"""A question with its numbers drawn: from its id and a seed alone, so that every machine draws the same."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from server.quiz.bounds import ExpressionError
from server.quiz.chance import Chance
from server.quiz.expressions import Expression, Scope, evaluate, parse
from server.quiz.figures import likeness
from server.quiz.parameters import Parameter, ParameterError, read_parameter
from server.quiz.question import Answer, DrawnAnswer, DrawnOption, DrawnQuestion, Option, Question
from server.quiz.template import read_template

VARIANTS = 20
"""How many draws of a question a session uses where each student has numbers of their own; `paper` chooses them."""

MOST_TRIES = 200


class DrawError(ValueError):
    """A question cannot be drawn; the message names it and says why."""


@dataclass(frozen=True, slots=True)
class Tried:
    """A draw and how many tries it took."""

    drawn: DrawnQuestion
    tries: int


def draw(question: Question, seed: int) -> DrawnQuestion:
    """The question with the numbers of `seed`. Raises DrawError."""
    return tried_draw(question, seed).drawn


def tried_draw(question: Question, seed: int) -> Tried:
    """The same, with the number of tries: each that fails `where`, or whose options coincide, is thrown away.

    Raises DrawError where an expression fails, or where every one of 200 tries is thrown away.
    """
    plan = _Plan(question)
    scope = Scope()
    reason = ""
    for attempt in range(MOST_TRIES):
        chance = Chance(f"{question.id}\0{seed}\0{attempt}")
        try:
            return Tried(plan.drawn(chance, scope), attempt + 1)
        except _ThrownAway as thrown:
            reason = str(thrown)
        except (ExpressionError, ParameterError) as error:
            raise DrawError(f"{question.id}, seed {seed}: {error}{_given(scope)}") from None
        if not question.has_parameters and question.show is None:
            break
    raise DrawError(f"{question.id}, seed {seed}: {reason}{_given(scope)}; no other try did better")


def _given(scope: Scope) -> str:
    values = ", ".join(f"{name} = {value!r}" for name, value in scope.values.items())
    return f" (with {values[:300]})" if values else ""


class _ThrownAway(Exception):  # noqa: N818 - it is no error, only a draw that is not taken
    """This try is not taken."""


class _Plan:
    """What drawing a question does, in order: each condition is checked as soon as its names are drawn."""

    def __init__(self, question: Question) -> None:
        self._question = question
        waiting = [parse(condition) for condition in question.where]
        self._steps: list[tuple[str, Parameter, list[Expression]]] = []
        known: set[str] = set()
        for name, how in question.draw.items():
            known.add(name)
            ready = [condition for condition in waiting if condition.names <= known]
            waiting = [condition for condition in waiting if condition not in ready]
            self._steps.append((name, read_parameter(name, how), ready))

    def drawn(self, chance: Chance, scope: Scope) -> DrawnQuestion:
        """One try. Raises _ThrownAway, ExpressionError and ParameterError."""
        scope.values = {}
        for name, parameter, conditions in self._steps:
            scope.values[name] = parameter.draw(chance, scope)
            for condition in conditions:
                if not evaluate(condition, scope):
                    raise _ThrownAway(f"where {condition.text!r} does not hold")
        question = self._question
        answers = tuple(_answer(answer, scope) for answer in question.answers)
        if question.has_parameters:
            _keep_mistakes_apart(answers)
        return DrawnQuestion(
            question=question,
            stem=read_template(question.stem).fill(scope),
            options=_options(question, chance, scope),
            answers=answers,
            explanation=read_template(question.explanation).fill(scope),
            values=MappingProxyType(scope.values),
        )


def _options(question: Question, chance: Chance, scope: Scope) -> tuple[DrawnOption, ...]:
    texts = [read_template(option.text).fill(scope) for option in question.options]
    places = _shown(question, [likeness(text) for text in texts], chance)
    return tuple(_option(place, question.options[place], texts[place], scope) for place in places)


def _option(place: int, option: Option, text: str, scope: Scope) -> DrawnOption:
    return DrawnOption(place, text, option.is_right, read_template(option.why).fill(scope), option.fraction)


def _shown(question: Question, alike: Sequence[str], chance: Chance) -> list[int]:
    """The places of the options to show, ascending; no two of them look alike. Raises _ThrownAway."""
    options = question.options
    wanted = min(question.show or len(options), len(options))
    if wanted == len(options):
        order = list(range(len(options)))
    else:
        wrong = [place for place, option in enumerate(options) if not option.is_right]
        order = [place for place, option in enumerate(options) if option.is_right] + chance.shuffled(wrong)
    chosen: dict[str, int] = {}
    for place in order:
        other = chosen.setdefault(alike[place], place)
        if other != place and (wanted == len(options) or options[place].is_right):
            raise _ThrownAway(f"options {other + 1} and {place + 1} are alike")
        if len(chosen) == wanted:
            break
    if len(chosen) < wanted:
        raise _ThrownAway(f"fewer than {wanted} options differ")
    return sorted(chosen.values())


def _keep_mistakes_apart(answers: Sequence[DrawnAnswer]) -> None:
    """Raise _ThrownAway where a known mistake leads to a number that is accepted as right."""
    for mistake in answers:
        for right in answers:
            if mistake.fraction == 0 < right.fraction and abs(mistake.value - right.value) <= right.tolerance:
                raise _ThrownAway(f"a mistake gives {mistake.value:g}, which is accepted as right")


def _answer(answer: Answer, scope: Scope) -> DrawnAnswer:
    value, tolerance = (_number(text, scope) for text in (answer.value, answer.tolerance))
    if tolerance < 0:
        raise ExpressionError(f"the tolerance {answer.tolerance!r} is negative")
    return DrawnAnswer(value, tolerance, answer.fraction, read_template(answer.why).fill(scope))


def _number(text: str, scope: Scope) -> float:
    value: Any = evaluate(parse(text), scope)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ExpressionError(f"{text!r} gives {value!r}, which is no number")
    return float(value)
