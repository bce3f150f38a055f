r"""Questions without parameters: a draw made into a question of its own, and texts with and without `\<<`."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from server.quiz.drawing import DrawError, draw
from server.quiz.fields import LONGEST_NAME, QuestionError
from server.quiz.formats.decimals import is_number, number_text
from server.quiz.formats.exchange import NotHeld
from server.quiz.question import Answer, DrawnQuestion, Option, Question
from server.quiz.source import question_from_dict, question_to_dict

BRACKETS = re.compile(r"[\\<]*<<[\\<]*")
BEHIND_BACKSLASH = re.compile(r"\\<*<<")
TEXTS = ("stem", "explanation", "why_true", "why_false")


def fixed(question: Question, seed: int) -> Question:
    """The question with the numbers of `seed`, for programs that draw none; its id ends in the seed.

    A question that shows every student the same comes back as it is. Raises QuestionError where it cannot be drawn.
    """
    if not question.has_parameters and question.show is None:
        return question
    ending = f"-{seed}"
    name = question.id[: LONGEST_NAME - len(ending)].rstrip("-") + ending
    try:
        drawn = draw(question, seed)
    except DrawError as error:
        raise QuestionError(str(error)) from None
    return replace(_filled(question, drawn, as_template), id=name, show=None, draw={}, where=())


def plain(question: Question) -> Question:
    """The question with its texts as they are shown. Raises NotHeld where students see different numbers in it."""
    if question.has_parameters:
        raise NotHeld("Its numbers are drawn anew for each student. Give a seed to write one draw of it.")
    try:
        drawn = draw(replace(question, show=None), 0)
    except DrawError as error:
        raise NotHeld(f"It cannot be shown: {error}") from None
    filled = _filled(question, drawn, str)
    try:
        json.dumps(question_to_dict(filled), ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise NotHeld("It has half a character in it (a lone surrogate), which no file can hold.") from None
    return filled


def _filled(question: Question, drawn: DrawnQuestion, text: Callable[[str], str]) -> Question:
    options = tuple(
        Option(text(option.text), option.is_right, text(option.why), option.fraction) for option in drawn.options
    )
    answers = tuple(
        Answer(
            _number(each.value, shown.value), _number(each.tolerance, shown.tolerance), each.fraction, text(shown.why)
        )
        for each, shown in zip(question.answers, drawn.answers, strict=True)
    )
    explanation = text(drawn.explanation)
    return replace(question, stem=text(drawn.stem), options=options, answers=answers, explanation=explanation)


def _number(written: str, value: float) -> str:
    return written if is_number(written) else number_text(value)


def as_template(text: str) -> str:
    r"""A text from elsewhere, so that no `<<` in it is taken for a value.

    Behind a backslash, `\<<` would be an escaped backslash and a value: there the characters are a value themselves.
    """
    return BRACKETS.sub(_literal, text)


def _literal(found: re.Match[str]) -> str:
    run = found.group()
    if BEHIND_BACKSLASH.search(run):
        return "<<'" + run.replace("\\", "\\\\") + "'>>"
    return run.replace("<<", r"\<<")


def admitted(data: dict[str, Any], where: str) -> Question:
    """A question from elsewhere, checked as one of the bank is. Raises QuestionError and DrawError."""
    templated = {key: as_template(value) if key in TEXTS else value for key, value in data.items()}
    for key in ("option", "answer"):
        if key in data:
            templated[key] = [_templated(entry) for entry in data[key]]
    question = question_from_dict(templated, where)
    draw(question, 0)
    return question


def _templated(entry: dict[str, Any]) -> dict[str, Any]:
    return {key: as_template(value) if key in ("text", "why") else value for key, value in entry.items()}
