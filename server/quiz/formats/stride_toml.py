"""Stride's own format, `quiz.toml`: everything, parameters and pictures included (docs/questions.md).

Questions are read one by one, so that one that is wrong does not keep the others out.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import replace
from functools import partial

from server.quiz.formats.exchange import FormatError, Refusal
from server.quiz.formats.naming import Names, shown
from server.quiz.formats.reading import Reading
from server.quiz.question import Question
from server.quiz.source import question_from_dict, write_questions


def read(text: str, reading: Reading) -> None:
    """Every question of a file. Raises FormatError where it is no TOML, or has no questions in it."""
    try:
        data = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise FormatError(f"The TOML is broken: {error}.") from None
    entries = data.get("question")
    unknown = sorted(set(data) - {"title", "question"})
    if unknown or not isinstance(entries, list):
        reason = f"unknown {', '.join(unknown)[:80]}" if unknown else "there is no [[question]]"
        raise FormatError(f"The TOML is no file of questions: {reason}.")
    for position, entry in enumerate(entries, 1):
        place = f"question {position}"
        reading.take_own(place, _name(entry), partial(question_from_dict, entry, place))


def _name(entry: object) -> str:
    words = (entry.get("title") or entry.get("id") or "") if isinstance(entry, Mapping) else ""
    return words if isinstance(words, str) else ""


def write(questions: list[Question]) -> tuple[bytes, list[Refusal], list[Refusal]]:
    """The file. An id that an earlier question has gets a number, as a file has each once."""
    names = Names()
    notes: list[Refusal] = []
    written = []
    for position, question in enumerate(questions, 1):
        name = names.unique(question.id)
        if name != question.id:
            notes.append(
                Refusal(
                    f"question {position}",
                    shown(question.title or question.id),
                    f"Another question has its id; here it is {name}.",
                )
            )
        written.append(replace(question, id=name))
    return write_questions(written).encode(), [], notes
