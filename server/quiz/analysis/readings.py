"""What the figures of an item and of a quiz mean, in words, and what to look at.

The bounds are those of Moodle's documentation ("Quiz statistics report"); they are conventions, not laws.
"""

from __future__ import annotations

from dataclasses import dataclass

from server.quiz.analysis.items import ItemFigures
from server.quiz.analysis.quiz import QuizFigures

FEW = 20
"""Below so many participants one person moves every figure."""
TOO_FEW = 5
"""Below so many an item is not read at all."""
VERY_EASY, HARD, VERY_HARD = 0.95, 0.35, 0.10
WEAK, GOOD = 20.0, 50.0
CHANCE_MARGIN = 0.05


@dataclass(frozen=True, slots=True)
class Reading:
    """A word or two, how serious it is (`good`, `warn`, `bad` or `quiet`), and what to do about it."""

    word: str
    tone: str
    advice: str


NO_FIGURES = Reading("Nobody got it", "quiet", "The question was in nobody's paper.")
UNREAD = Reading(
    "Too few", "quiet", f"With fewer than {TOO_FEW} participants the figures say nothing about the question."
)
KEY = Reading(
    "Key may be wrong",
    "bad",
    "Those who did well elsewhere did worse here. Look at which option the good ones picked, and at the wording.",
)
TOO_EASY = Reading("Too easy", "warn", "Almost everybody has it: it tells nobody apart. Fine as a start, or to drop.")
TOO_HARD = Reading(
    "Too hard",
    "warn",
    "Almost nobody has it. Look whether it was taught, whether the key is right, and at the wording.",
)
GUESSING = Reading(
    "Guessing", "warn", "About as many have it as would by chance, and it hardly tells the good from the others."
)
WEAK_READING = Reading(
    "Weak", "warn", "It hardly tells those who did well elsewhere from the others. Look at the options that few picked."
)
HARD_READING = Reading("Hard, and it tells", "good", "Few have it, but those who did well elsewhere do.")
GOOD_READING = Reading("Good", "good", "It tells those who did well elsewhere from the others.")
FAIR = Reading("Fair", "good", "It tells those who did well elsewhere from the others, if not sharply.")
ALONE = Reading("Undefined", "quiet", "Its marks, or those of the other questions, do not vary: nothing to compare.")


def read_item(item: ItemFigures, chance: float | None = None) -> Reading:
    """What an item's figures mean; `chance` is the facility that guessing alone would give, where one knows it."""
    if item.facility is None:
        return NO_FIGURES
    if item.n < TOO_FEW:
        return UNREAD
    index = item.discrimination_index
    if index is not None and index < 0:
        return KEY
    if item.facility >= VERY_EASY:
        return TOO_EASY
    if item.facility <= VERY_HARD:
        return TOO_HARD
    if index is None:
        return ALONE
    if chance is not None and item.facility <= chance + CHANCE_MARGIN and index < WEAK:
        return GUESSING
    if index < WEAK:
        return WEAK_READING
    if item.facility < HARD:
        return HARD_READING
    return GOOD_READING if index >= GOOD else FAIR


def read_quiz(quiz: QuizFigures) -> Reading:
    """What the coefficient of internal consistency means; with few participants, that it means little."""
    if quiz.cic is None:
        return Reading("Undefined", "quiet", "Consistency needs two questions and totals that vary.")
    if quiz.n < FEW:
        return Reading("Few participants", "quiet", f"With fewer than {FEW}, one person moves every figure.")
    if quiz.cic >= 75:
        return Reading("Consistent", "good", "The questions measure one thing, and measure it well.")
    if quiz.cic >= 50:
        return Reading(
            "Fairly consistent", "good", "Usual for a short quiz; more questions of this kind would raise it."
        )
    return Reading(
        "Not consistent",
        "warn",
        "The total says little about one ability: the questions ask different things, or guess.",
    )
