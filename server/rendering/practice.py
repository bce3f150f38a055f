"""What practising tells after a try: the verdict, why each option is right or wrong, the explanation."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from server.quiz.question import Kind
from server.rendering.outcome import Look
from server.rendering.questions import show_inline, show_text
from server.rendering.sheet import LETTERS
from server.services.quizzes.practice import Feedback

RIGHT = Look("Right", "check-circle-fill", "good")
PARTLY = Look("Partly right", "circle-half", "warn")
WRONG = Look("Not right", "x-circle-fill", "bad")
NEARLY_ALL = 0.999


@dataclass(frozen=True, slots=True)
class JudgedOption:
    """An option with its reason, after a try."""

    letter: str
    text: Markup
    why: Markup
    is_picked: bool
    is_right: bool


@dataclass(frozen=True, slots=True)
class ShownFeedback:
    """Feedback as it is shown; `right` is the right number, `why` the reason that fits what was typed."""

    number: int
    look: Look
    stem: Markup
    options: tuple[JudgedOption, ...]
    text: str
    right: str
    why: Markup
    explanation: Markup


def show_feedback(feedback: Feedback) -> ShownFeedback:
    """What is said about a try."""
    asked = feedback.question
    return ShownFeedback(
        number=asked.position + 1,
        look=_look(feedback.fraction),
        stem=show_text(asked.drawn.stem),
        options=tuple(_judged(index, feedback) for index in range(len(asked.order))),
        text=feedback.response.text,
        right=_right_number(feedback),
        why=show_inline(feedback.answer.why) if feedback.answer is not None else Markup(""),
        explanation=show_text(asked.drawn.explanation),
    )


def _look(fraction: float) -> Look:
    if fraction >= NEARLY_ALL:
        return RIGHT
    return PARTLY if fraction > 0 else WRONG


def _judged(index: int, feedback: Feedback) -> JudgedOption:
    option = feedback.question.shown[index]
    is_picked = option.place in feedback.response.picked
    return JudgedOption(LETTERS[index], show_inline(option.text), show_inline(option.why), is_picked, option.is_right)


def _right_number(feedback: Feedback) -> str:
    if feedback.question.drawn.question.kind is not Kind.NUMERIC:
        return ""
    right = next(answer for answer in feedback.question.drawn.answers if answer.fraction == 1)
    return f"{right.value:.12g}" + (f" ± {right.tolerance:.12g}" if right.tolerance else "")
