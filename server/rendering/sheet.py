"""A paper as a student may see it: texts, and their own answers, in the order that they were dealt. Never the key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from markupsafe import Markup

from server.quiz.paper import PaperQuestion
from server.quiz.question import Kind, Scoring
from server.rendering.questions import show_inline, show_text

LETTERS = "ABCDEFGHIJKL"
HINTS = {
    Kind.SINGLE: "Choose one.",
    Kind.TRUE_FALSE: "Choose one.",
    Kind.NUMERIC: "Type a number, such as 12, 0.5 or 3/4.",
}
RULES = {
    Scoring.NET_CORRECT: "a wrong choice cancels a right one.",
    Scoring.ALL_OR_NOTHING: "only the whole set scores.",
    Scoring.FRACTIONS: "choices can count for and against.",
    Scoring.COVERAGE: "wrong choices lower the score.",
    Scoring.EACH_OPTION: "each option counts, chosen or left.",
    Scoring.FALSE2: "wrong choices lower the score.",
    Scoring.RIGHT_MINUS_WRONG: "a wrong choice cancels a right one.",
}


class Given(Protocol):
    """An answer as it is stored."""

    picked: Sequence[int]
    text: str
    sequence: int
    answered_at: datetime


@dataclass(frozen=True, slots=True)
class ShownOption:
    """One option: its index and letter in this student's order, its text, and whether they picked it."""

    index: int
    letter: str
    text: Markup
    is_picked: bool


@dataclass(frozen=True, slots=True)
class ShownQuestion:
    """One question of the sheet; `number` counts from 1. `answered_at` is None where nothing is answered."""

    number: int
    kind: Kind
    points: float
    stem: Markup
    hint: str
    options: tuple[ShownOption, ...]
    text: str
    answered_at: datetime | None

    @property
    def is_answered(self) -> bool:
        """Whether there is an answer: one that was taken back is none."""
        return bool(self.text) or any(option.is_picked for option in self.options)


def sheet(
    questions: Sequence[PaperQuestion], points: Mapping[int, float], given: Mapping[int, Given]
) -> list[ShownQuestion]:
    """The questions as they are shown, with what was answered so far (by item)."""
    return [show(question, points[question.item_id], given.get(question.item_id)) for question in questions]


def show(question: PaperQuestion, points: float, given: Given | None = None) -> ShownQuestion:
    """One question as it is shown."""
    picked = set(given.picked) if given is not None else set()
    return ShownQuestion(
        number=question.position + 1,
        kind=question.drawn.question.kind,
        points=points,
        stem=show_text(question.drawn.stem),
        hint=hint(question),
        options=tuple(
            ShownOption(index, LETTERS[index], show_inline(option.text), option.place in picked)
            for index, option in enumerate(question.shown)
        ),
        text=given.text if given is not None else "",
        answered_at=given.answered_at if given is not None else None,
    )


def hint(question: PaperQuestion) -> str:
    """What to do, in one line; of several options also how they count."""
    asked = question.drawn.question
    return HINTS.get(asked.kind) or f"Choose all that apply: {RULES[asked.scoring]}"
