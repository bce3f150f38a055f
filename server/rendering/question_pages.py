"""A question arranged for the people who choose and write it: one draw of it with the key and every reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import Markup

from server.quiz.drawing import draw
from server.quiz.figures import shown
from server.quiz.question import DrawnAnswer, DrawnOption, Kind, Question, Scoring
from server.rendering.outcome import Look
from server.rendering.questions import plain_text, show_inline, show_text

KINDS: Mapping[Kind, str] = {
    Kind.SINGLE: "Single choice",
    Kind.MULTIPLE: "Several choices",
    Kind.TRUE_FALSE: "True or false",
    Kind.NUMERIC: "Number",
}
DIFFICULTIES: Mapping[int, str] = {1: "Recall", 2: "One step", 3: "Several steps"}
SCORINGS: Mapping[Scoring, str] = {
    Scoring.NET_CORRECT: "each wrong choice cancels a right one",
    Scoring.ALL_OR_NOTHING: "only exactly the right choices score",
    Scoring.FRACTIONS: "each option has its own fraction",
    Scoring.COVERAGE: "the share of right ones found, times the share of choices that are right",
    Scoring.EACH_OPTION: "every option counts, picked or left",
    Scoring.FALSE2: "a wrong choice costs its share of the wrong options, at most half",
    Scoring.RIGHT_MINUS_WRONG: "right choices minus wrong ones, of all options",
}
LETTERS = "ABCDEFGHIJKL"
LONGEST_NAME = 70
RIGHT, WRONG = Look("Right", "check-circle-fill", "good"), Look("Wrong", "x-circle-fill", "bad")
PART, MISTAKE = Look("In part", "dash-circle-fill", "warn"), Look("Known mistake", "x-circle-fill", "bad")


@dataclass(frozen=True, slots=True)
class ExampleOption:
    """One option, or one accepted number: its letter, its text, how it counts, and why."""

    letter: str
    text: Markup
    look: Look
    fraction: str
    why: Markup


@dataclass(frozen=True, slots=True)
class Example:
    """One draw of a question. `values` are the numbers that were drawn, as (name, value)."""

    seed: int
    stem: Markup
    options: list[ExampleOption]
    explanation: Markup
    values: list[tuple[str, str]]


def example(question: Question, seed: int) -> Example:
    """The draw of a seed, with options in the order written. Raises DrawError."""
    drawn = draw(question, seed)
    return Example(
        seed,
        show_text(drawn.stem),
        [_option(option) for option in drawn.options] or [_answer(answer) for answer in drawn.answers],
        show_text(drawn.explanation),
        [(name, shown(value)) for name, value in drawn.values.items()],
    )


def _option(option: DrawnOption) -> ExampleOption:
    fraction = "" if option.fraction is None else _share(option.fraction)
    look = RIGHT if option.is_right else PART if (option.fraction or 0) > 0 else WRONG
    why = show_inline(_reason(option.why, look))
    return ExampleOption(LETTERS[option.place], show_inline(option.text), look, fraction, why)


def _answer(answer: DrawnAnswer) -> ExampleOption:
    look = RIGHT if answer.fraction == 1 else PART if answer.fraction else MISTAKE
    within = f" ± {shown(answer.tolerance)}" if answer.tolerance else ""
    text = Markup("{}{}").format(shown(answer.value), within)
    share = _share(answer.fraction) if 0 < answer.fraction < 1 else ""
    return ExampleOption("", text, look, share, show_inline(_reason(answer.why, look)))


def _reason(why: str, look: Look) -> str:
    """Why, without the word that stands before it already."""
    rest = why.removeprefix(f"{look.word}: ")
    return why if rest == why else rest[:1].upper() + rest[1:]


def _share(fraction: float) -> str:
    return f"{shown(round(100 * fraction, 2))} % of the points"


def name_of(question: Question) -> str:
    """What a list calls a question: its title, or the first words of its stem."""
    if question.title:
        return question.title
    line = " ".join(plain_text(question.stem).split())
    return line if len(line) <= LONGEST_NAME else f"{line[: LONGEST_NAME - 1].rstrip()}…"
