"""A participant's questions after the quiz: as they saw them, what they answered, what is right, and why."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from server.quiz.correction import Correction, Remedy
from server.quiz.figures import shown
from server.quiz.question import DrawnAnswer, DrawnQuestion, Kind
from server.quiz.scoring import matching_answer
from server.rendering.outcome import Look
from server.rendering.questions import show_inline, show_text
from server.rendering.sheet import LETTERS
from server.services.quizzes.results import ItemResult, Result

RIGHT = Look("Right", "check-circle-fill", "good")
PARTLY = Look("Partly right", "circle-half", "warn")
WRONG = Look("Wrong", "x-circle-fill", "bad")
EMPTY = Look("Not answered", "dash-circle-fill", "quiet")
UNCOUNTED = Look("Does not count", "slash-circle", "quiet")
NEARLY = 1e-9
NOTES = {
    Remedy.KEY: "The right answer was corrected after the quiz. The score counts with the corrected one.",
    Remedy.DROPPED: "This question was taken out after the quiz: it counts for nobody.",
    Remedy.FULL_MARKS: "After the quiz, everybody was given full marks for this question.",
}


@dataclass(frozen=True, slots=True)
class ResultOption:
    """An option by the letter that this participant saw."""

    letter: str
    text: Markup
    is_picked: bool
    is_right: bool
    why: Markup


@dataclass(frozen=True, slots=True)
class ResultQuestion:
    """One question with its answer. `accepted` are numbers as text; `why` belongs to the number that was typed."""

    item_id: int
    number: int
    title: str
    look: Look
    stem: Markup
    options: tuple[ResultOption, ...]
    typed: str
    is_number: bool
    accepted: tuple[str, ...]
    why: Markup
    explanation: Markup
    note: str
    reason: str
    mark: float | None
    points: float


def result_sheet(result: Result) -> list[ResultQuestion]:
    """The questions in the order of the participant's paper."""
    return [_question(each) for each in result.items]


def _question(each: ItemResult) -> ResultQuestion:
    drawn = each.question.drawn
    is_number = drawn.question.kind is Kind.NUMERIC
    return ResultQuestion(
        item_id=each.item.id,
        number=each.question.position + 1,
        title=drawn.question.title,
        look=_look(each),
        stem=show_text(drawn.stem),
        options=tuple(
            ResultOption(
                LETTERS[index],
                show_inline(option.text),
                option.place in each.response.picked,
                option.is_right,
                show_inline(option.why),
            )
            for index, option in enumerate(each.question.shown)
        ),
        typed=each.response.text,
        is_number=is_number,
        accepted=accepted_numbers(drawn),
        why=_why(drawn, each.response.text) if is_number else Markup(),
        explanation=show_text(drawn.explanation),
        note=NOTES[each.correction.remedy] if each.correction else "",
        reason=_reason(each.correction),
        mark=each.mark,
        points=each.item.points,
    )


def _look(each: ItemResult) -> Look:
    if each.mark is None:
        return UNCOUNTED
    if each.mark >= each.item.points - NEARLY:
        return RIGHT
    if each.mark > NEARLY:
        return PARTLY
    return EMPTY if each.response.is_empty else WRONG


def _reason(correction: Correction | None) -> str:
    return correction.reason if correction else ""


def accepted_numbers(drawn: DrawnQuestion) -> tuple[str, ...]:
    """The numbers that earn anything, as people read them."""
    return tuple(_number(answer) for answer in drawn.answers if answer.fraction > 0)


def _number(answer: DrawnAnswer) -> str:
    tolerance = f" ± {shown(answer.tolerance)}" if answer.tolerance else ""
    part = f" ({100 * answer.fraction:.3g} %)" if answer.fraction < 1 else ""
    return f"{shown(answer.value)}{tolerance}{part}"


def _why(drawn: DrawnQuestion, text: str) -> Markup:
    """The reason of the number that was typed, or, where it fits none, that of the right one."""
    answer = matching_answer(drawn, text) or next((each for each in drawn.answers if each.fraction == 1), None)
    return show_inline(answer.why) if answer is not None else Markup()
