"""What was decided about a question after the quiz: another key, the question dropped, or full marks for all.

A correction changes how responses are scored, never what anybody saw: it is laid over a question that is drawn.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from server.quiz.bounds import ExpressionError
from server.quiz.expressions import calculate, parse
from server.quiz.question import Answer, DrawnAnswer, DrawnOption, DrawnQuestion, Kind, Question, Response, Scoring
from server.quiz.scoring import fraction


class Remedy(StrEnum):
    """What is done about a question.

    KEY: other options are right, or other numbers are accepted. DROPPED: it counts for nobody, and the most that can be
    reached is less by its points. FULL_MARKS: whoever got it has all its points, whatever they answered.
    """

    KEY = "key"
    DROPPED = "dropped"
    FULL_MARKS = "full_marks"


class CorrectionError(ValueError):
    """A correction does not fit its question; the message says why."""


@dataclass(frozen=True, slots=True)
class Correction:
    """What is done about a question, and why.

    For KEY, `right` are the places (as written) of all right options, or `answers` all accepted numbers: they take the
    place of those that scored before; known mistakes stay. Values may use the names that the question draws.
    """

    remedy: Remedy
    right: tuple[int, ...] = ()
    answers: tuple[Answer, ...] = ()
    reason: str = ""

    def to_dict(self) -> dict[str, Any]:
        """As JSON-ready values."""
        answers = [[each.value, each.tolerance, each.fraction] for each in self.answers]
        return {"remedy": self.remedy.value, "right": list(self.right), "answers": answers, "reason": self.reason}


def correction_from_dict(data: Mapping[str, Any] | None) -> Correction | None:
    """The correction of a `correction` column; None for none."""
    if data is None:
        return None
    answers = tuple(Answer(value, tolerance, part) for value, tolerance, part in data["answers"])
    return Correction(Remedy(data["remedy"]), tuple(data["right"]), answers, data["reason"])


def check_correction(question: Question, correction: Correction) -> None:
    """Raise CorrectionError where the correction cannot be laid over this question."""
    if correction.remedy is not Remedy.KEY:
        return
    if question.kind is Kind.NUMERIC:
        _check_answers(question, correction.answers)
    elif not correction.right:
        raise CorrectionError("Mark at least one option as right, or give full marks to all.")
    elif not set(correction.right) <= set(range(len(question.options))):
        raise CorrectionError("One of these options is not in the question. Load the page again.")
    elif set(correction.right) == {place for place, option in enumerate(question.options) if option.is_right}:
        raise CorrectionError("These are the options that are right already.")


def _check_answers(question: Question, answers: tuple[Answer, ...]) -> None:
    if not any(answer.fraction == 1 for answer in answers):
        raise CorrectionError("At least one number must be worth 100 %, or give full marks to all.")
    scoring = tuple(replace(each, why="") for each in question.answers if each.fraction > 0)
    if scoring == answers:
        raise CorrectionError("These are the numbers that are accepted already.")
    for answer in answers:
        if not 0 < answer.fraction <= 1:
            raise CorrectionError("A number is worth more than 0 and at most 100 %.")
        for text in (answer.value, answer.tolerance):
            try:
                unknown = parse(text).names - set(question.draw)
            except ExpressionError as error:
                raise CorrectionError(f"{_sentence(error)} Write a number with a decimal point.") from None
            if unknown:
                raise CorrectionError(f"The question draws nothing called {', '.join(sorted(unknown))}.")


def check_draw(drawn: DrawnQuestion, correction: Correction) -> None:
    """Raise CorrectionError where an accepted number cannot be computed with the numbers of this draw."""
    if correction.remedy is Remedy.KEY and drawn.question.kind is Kind.NUMERIC:
        for answer in correction.answers:
            _computed(answer, drawn)


def corrected(drawn: DrawnQuestion, correction: Correction | None) -> DrawnQuestion:
    """The question with the corrected key. A number that cannot be computed for this draw is not accepted in it."""
    if correction is None or correction.remedy is not Remedy.KEY:
        return drawn
    if drawn.question.kind is Kind.NUMERIC:
        known_mistakes = tuple(answer for answer in drawn.answers if answer.fraction == 0)
        return replace(drawn, answers=(*_accepted(drawn, correction), *known_mistakes))
    right = set(correction.right)
    count = sum(option.place in right for option in drawn.options)
    return replace(drawn, options=tuple(_reckoned(option, drawn, right, count) for option in drawn.options))


def _accepted(drawn: DrawnQuestion, correction: Correction) -> Iterator[DrawnAnswer]:
    for answer in correction.answers:
        with suppress(CorrectionError):
            yield _computed(answer, drawn)


def _reckoned(option: DrawnOption, drawn: DrawnQuestion, right: set[int], count: int) -> DrawnOption:
    """The option under the new key. Where options have fractions of their own, the right ones share the whole; a wrong
    one keeps what it took away, and gives nothing."""
    is_right = option.place in right
    part = option.fraction
    if drawn.question.scoring is Scoring.FRACTIONS and drawn.question.kind is Kind.MULTIPLE:
        part = 1 / count if is_right else min(0.0, part or 0.0)
    elif part is not None:
        part = 1.0 if is_right else min(0.0, part)
    return replace(option, is_right=is_right, fraction=part)


def _computed(answer: Answer, drawn: DrawnQuestion) -> DrawnAnswer:
    value, tolerance = (_number(text, drawn) for text in (answer.value, answer.tolerance))
    if tolerance < 0:
        raise CorrectionError(f"The tolerance {answer.tolerance} is negative.")
    return DrawnAnswer(value, tolerance, answer.fraction)


def _number(text: str, drawn: DrawnQuestion) -> float:
    try:
        value = calculate(text, drawn.values)
    except ExpressionError as error:
        raise CorrectionError(_sentence(error)) from None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise CorrectionError(f"{text} gives {value!r}, which is no number.")
    return float(value)


def _sentence(error: ExpressionError) -> str:
    text = str(error)
    return f"{text[:1].upper()}{text[1:]}."


def corrected_fraction(drawn: DrawnQuestion, response: Response, correction: Correction | None) -> float | None:
    """The part of the points that a response earns under a correction, 0 to 1; None where the question is dropped.

    Who was shown none of the options that the new key calls right could not answer: they have all points.
    """
    if correction is None:
        return fraction(drawn, response)
    if correction.remedy is Remedy.DROPPED:
        return None
    if correction.remedy is Remedy.FULL_MARKS:
        return 1.0
    question = corrected(drawn, correction)
    if question.options and not question.key:
        return 1.0
    return fraction(question, response)
