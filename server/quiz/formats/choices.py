"""Options with a worth each, as most programs write them, and the questions that they make."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from server.quiz.formats.exchange import NotHeld
from server.quiz.question import Kind, Option, Question, Scoring

CLOSE = 1e-4
"""How far two worths may be apart and still be the same: 33.333 % is a third."""
TRUE_FALSE = ("true", "false")


def single_choice(question: Question, options: Sequence[Option]) -> Question:
    """The question with one right option, the one worth everything. Raises NotHeld where there is none, or several."""
    right = [option for option in options if _worth(option) >= 1 - CLOSE]
    if len(right) != 1:
        found = "No option is" if not right else f"{len(right)} options are each"
        raise NotHeld(f"{found} worth all points; where one is picked, exactly one must be.")
    kept = tuple(replace(each, is_right=each is right[0], fraction=_partial(each)) for each in options)
    return replace(question, kind=Kind.SINGLE, options=kept)


def _partial(option: Option) -> float | None:
    worth = _worth(option)
    return None if worth >= 1 - CLOSE or abs(worth) < CLOSE else _within(worth)


def _within(worth: float) -> float:
    return max(-1.0, min(1.0, worth))


def _worth(option: Option) -> float:
    return option.fraction or 0.0


def several_choices(question: Question, options: Sequence[Option]) -> Question:
    """The question with several options to pick, scored by the rule that adds up their worths. Raises NotHeld."""
    marked = tuple(replace(option, is_right=_worth(option) > CLOSE) for option in options)
    if not any(option.is_right for option in marked):
        raise NotHeld("No option is marked as right.")
    for scoring in (Scoring.NET_CORRECT, Scoring.FALSE2, Scoring.RIGHT_MINUS_WRONG):
        if all(abs(_worth(each) - worth) < CLOSE for each, worth in zip(marked, worths(marked, scoring), strict=True)):
            bare = tuple(replace(option, fraction=None) for option in marked)
            return replace(question, kind=Kind.MULTIPLE, options=bare, scoring=scoring)
    bounded = tuple(replace(option, fraction=_within(_worth(option))) for option in marked)
    return replace(question, kind=Kind.MULTIPLE, options=bounded, scoring=Scoring.FRACTIONS)


def worths(options: Sequence[Option], scoring: Scoring) -> list[float]:
    """What each option adds, for programs that add up what was picked. A rule that no sum says becomes net correct."""
    right = sum(option.is_right for option in options)
    wrong = len(options) - right
    if scoring is Scoring.FRACTIONS:
        return [_worth(option) for option in options]
    gain, loss = {
        Scoring.RIGHT_MINUS_WRONG: (1 / len(options), 1 / len(options)),
        Scoring.FALSE2: (1 / right, 1 / max(wrong, 2)),
    }.get(scoring, (1 / right, 1 / right))
    return [gain if option.is_right else -loss for option in options]


def picked_one(question: Question) -> list[float]:
    """What each option of a single choice is worth."""
    return [float(each.is_right) if each.fraction is None else each.fraction for each in question.options]


def is_true_false(options: Sequence[Option]) -> bool:
    """Whether the options are True and False, in this order, so that the question may be one of that kind."""
    return tuple(option.text.strip().lower() for option in options) == TRUE_FALSE and not any(
        option.fraction not in (None, 0.0, 1.0) for option in options
    )


def true_false(question: Question, *, is_true: bool, why_true: str = "", why_false: str = "") -> Question:
    """The question as a statement that is true or false."""
    options = (Option("True", is_true, why_true), Option("False", not is_true, why_false))
    return replace(question, kind=Kind.TRUE_FALSE, options=options)


def with_common_feedback(options: Sequence[Option], right: str, wrong: str) -> tuple[Option, ...]:
    """The options, those without feedback of their own with the one for every right or every wrong answer."""
    return tuple(replace(each, why=each.why or (right if _worth(each) >= 1 - CLOSE else wrong)) for each in options)
