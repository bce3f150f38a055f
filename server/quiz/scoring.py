"""What fraction of a question's points a response earns. Nothing here knows points, corrections or people.

The rules for questions with several right options, with n options shown, c of them right, t right and w wrong ones
picked; the example has n = 5, c = 3, t = 2, w = 1:

    all_or_nothing      1 when t = c and w = 0, else 0                       0
    fractions           the sum of the options' own fractions, within 0 to 1
                        (Moodle's multiple choice)
    net_correct         max(0, (t - w) / c)  (Canvas; PrairieLearn "PC")     0.3333
    coverage            t/c * t/(t + w)      (PrairieLearn "COV")            0.4444
    each_option         (t + n - c - w) / n  (PrairieLearn "EDC")            0.6
    false2              max(0, t/c - w / max(n - c, 2))  (R/exams "false2")  0.1667
    right_minus_wrong   max(0, (t - w) / n)                                  0.2

An empty response scores 0 under every rule: leaving a question out is no decision about its options.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from server.quiz.numbers import NumberError, readings
from server.quiz.question import DrawnAnswer, DrawnOption, DrawnQuestion, Kind, Response, Scoring

ROUNDING = 1e-9
"""How far, relative to the number, an answer may lie outside its tolerance: what computing with floats loses."""
NEARLY_WHOLE = 0.999
"""Fractions that are written as 33.3 % each add up to no less than this, and are meant as the whole."""


@dataclass(frozen=True, slots=True)
class Tally:
    """The counts of a question with several right options that the rules work with."""

    shown: int
    right: int
    picked_right: int
    picked_wrong: int


def fraction(drawn: DrawnQuestion, response: Response) -> float:
    """The part of the points that a response earns, from 0 to 1. What cannot be read, or was not shown, earns 0."""
    if response.is_empty:
        return 0.0
    kind = drawn.question.kind
    if kind is Kind.NUMERIC:
        return _numeric(drawn, response.text)
    picked = [option for option in drawn.options if option.place in response.picked]
    if kind is Kind.MULTIPLE:
        return _within(_several(drawn, picked))
    return _within(_worth(picked[0])) if len(response.picked) == len(picked) == 1 else 0.0


def matching_answer(drawn: DrawnQuestion, text: str) -> DrawnAnswer | None:
    """The first of a numeric question's answers that the typed text fits; known mistakes are among them."""
    found = _fits(drawn, text)
    return max(found, key=lambda answer: answer.fraction, default=None)


def tally(drawn: DrawnQuestion, picked: list[DrawnOption]) -> Tally:
    """How many options were shown, are right, and were picked rightly and wrongly."""
    right = sum(option.is_right for option in picked)
    return Tally(len(drawn.options), len(drawn.key), right, len(picked) - right)


def _numeric(drawn: DrawnQuestion, text: str) -> float:
    answer = matching_answer(drawn, text)
    return _within(answer.fraction) if answer else 0.0


def _fits(drawn: DrawnQuestion, text: str) -> list[DrawnAnswer]:
    """The first answer that fits, for each number that the text can mean: `1,234` counts in the better reading."""
    try:
        values = readings(text)
    except NumberError:
        return []
    firsts = (next((answer for answer in drawn.answers if _is_near(answer, value)), None) for value in values)
    return [answer for answer in firsts if answer is not None]


def _is_near(answer: DrawnAnswer, value: float) -> bool:
    slack = ROUNDING * max(abs(answer.value), abs(value))
    return abs(value - answer.value) <= answer.tolerance + slack


def _worth(option: DrawnOption) -> float:
    return option.fraction if option.fraction is not None else float(option.is_right)


def _several(drawn: DrawnQuestion, picked: list[DrawnOption]) -> float:
    if drawn.question.scoring is Scoring.FRACTIONS:
        earned = sum(option.fraction or 0.0 for option in picked)
        return 1.0 if earned > NEARLY_WHOLE - ROUNDING else earned
    counts = tally(drawn, picked)
    return RULES[drawn.question.scoring](counts) if counts.right else 0.0


def _all_or_nothing(counts: Tally) -> float:
    return float(counts.picked_right == counts.right and not counts.picked_wrong)


def _net_correct(counts: Tally) -> float:
    return (counts.picked_right - counts.picked_wrong) / counts.right


def _coverage(counts: Tally) -> float:
    picked = counts.picked_right + counts.picked_wrong
    return counts.picked_right**2 / (counts.right * picked) if picked else 0.0


def _each_option(counts: Tally) -> float:
    left_rightly = counts.shown - counts.right - counts.picked_wrong
    return (counts.picked_right + left_rightly) / counts.shown


def _false2(counts: Tally) -> float:
    wrong = max(counts.shown - counts.right, 2)
    return counts.picked_right / counts.right - counts.picked_wrong / wrong


def _right_minus_wrong(counts: Tally) -> float:
    return (counts.picked_right - counts.picked_wrong) / counts.shown


RULES: dict[Scoring, Callable[[Tally], float]] = {
    Scoring.ALL_OR_NOTHING: _all_or_nothing,
    Scoring.NET_CORRECT: _net_correct,
    Scoring.COVERAGE: _coverage,
    Scoring.EACH_OPTION: _each_option,
    Scoring.FALSE2: _false2,
    Scoring.RIGHT_MINUS_WRONG: _right_minus_wrong,
}


def _within(fraction: float) -> float:
    return min(1.0, max(0.0, fraction))
