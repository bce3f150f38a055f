"""The numbers that a QTI item accepts, found by trying one of each interval that its processing names."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from server.quiz.formats.decimals import decimal_text
from server.quiz.formats.exchange import NotHeld
from server.quiz.formats.qti_outcomes import Given, Interval, Outcome, Processing, Texts, full_score
from server.quiz.question import Answer, Kind, Question

FAR_AWAY = 1_000_003
"""Beyond the largest accepted number; what is shown there is shown for every other number."""


def scored_number(question: Question, processing: Processing, texts: Texts) -> tuple[Question, tuple[str, ...]]:
    """The question with the numbers that its processing accepts, and remarks. Raises NotHeld."""
    found = _tried(processing)
    if not found:
        raise NotHeld("It does not say which numbers are right.")
    elsewhere = processing.run(Given(number=max(interval.high for interval, _ in found) + FAR_AWAY)).feedback
    always = [name for name in elsewhere if all(name in outcome.feedback for _, outcome in found)]
    full = full_score(max(outcome.score for _, outcome in found))
    answers = []
    for interval, outcome in found:
        value, tolerance = decimal_text(interval.middle), decimal_text(interval.half_width)
        fraction = max(0.0, min(1.0, round(outcome.score / full, 9)))
        answers.append(Answer(value, tolerance, fraction, texts(_without(outcome.feedback, always))))
    remarks = ("The feedback for every other number was left behind.",) if _without(elsewhere, always) else ()
    explanation = question.explanation or texts(always)
    return replace(question, kind=Kind.NUMERIC, answers=tuple(answers), explanation=explanation), remarks


def _without(names: tuple[str, ...], unwanted: list[str]) -> list[str]:
    return [name for name in names if name not in unwanted]


def _tried(processing: Processing) -> list[tuple[Interval, Outcome]]:
    """Each interval with what comes of a number in it that no earlier interval accepts."""
    found: list[tuple[Interval, Outcome]] = []
    for interval in dict.fromkeys(processing.intervals):
        point = _unclaimed(interval, [earlier for earlier, _ in found])
        if point is not None:
            found.append((interval, processing.run(Given(number=point))))
    return found


def _unclaimed(interval: Interval, earlier: list[Interval]) -> Decimal | None:
    middle, low, high = interval.middle, interval.low, interval.high
    points = (middle, (middle + high) / 2, (low + middle) / 2, high, low)
    return next((point for point in points if not any(each.contains(point) for each in earlier)), None)
