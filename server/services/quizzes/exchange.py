"""Questions between a course and files: what comes in becomes its own, what goes out is any that it can use."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from server.models import Course
from server.quiz.formats import read, write
from server.quiz.formats.exchange import FormatError, Refusal, Written
from server.quiz.formats.fixing import fixed
from server.quiz.proving import prove
from server.quiz.question import Question
from server.rendering.questions import failures
from server.services.errors import QuestionRefused
from server.services.quizzes.questions import SEEDS, Entry, add_all

MOST_DRAWS = 20
TRIES = 20
"""Seeds that are tried for each draw that is wanted: a question of few numbers gives the same draw again."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A question that came in. `name` is its id here; `was` the one in the file, where another question has that."""

    name: str
    question: Question
    was: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """What became of a file: what came in, what did not and why, and what came in with something left behind."""

    taken: list[Taken]
    refused: list[Refusal]
    notes: list[Refusal]


def bring_in(s: Session, course: Course, data: bytes, filename: str, format_name: str | None = None) -> Report:
    """Store a file's questions as the course's own; without a format's name, its content tells which it is.

    Raises QuestionRefused where it cannot be read at all.
    """
    try:
        found = read(data, filename, format_name)
    except FormatError as error:
        raise QuestionRefused(error.message) from None
    good, refused, notes = [], list(found.refused), list(found.notes)
    for question in found.questions:
        problems = prove(question, question.id, SEEDS).problems
        if problems:
            refused.append(_about(question, problems[0]))
            continue
        good.append(question)
        notes += [_about(question, f"This cannot be shown as it is meant: {each}") for each in _unshown(question)]
    names = add_all(s, course, good, f"Imported from {filename}")
    pairs = zip(names, good, strict=True)
    return Report([Taken(name, each, "" if name == each.id else each.id) for name, each in pairs], refused, notes)


def _about(question: Question, reason: str) -> Refusal:
    return Refusal("", question.title or question.id, reason)


def _unshown(question: Question) -> list[str]:
    texts = [question.stem, question.explanation, *(option.text for option in question.options)]
    return [wrong for text in texts for wrong in failures(text)]


def take_out(entries: Iterable[Entry], format_name: str, draws: int) -> Written:
    """The questions as a file. Of one with parameters so many draws are written; with 0 they are left as they are.

    A format that knows no parameters then lists them as left out. Raises QuestionRefused.
    """
    chosen = [each for entry in entries for each in (_draws(entry.question, draws) if draws else [entry.question])]
    try:
        return write(chosen, format_name)
    except FormatError as error:
        raise QuestionRefused(error.message) from None


def _draws(question: Question, count: int) -> list[Question]:
    """At most `count` draws that all differ, each a question of its own; one without parameters as it is."""
    if not question.has_parameters:
        return [question]
    different: dict[tuple[str, ...], Question] = {}
    for seed in range(TRIES * count):
        drawn = fixed(question, seed)
        different.setdefault((drawn.stem, *(option.text for option in drawn.options)), drawn)
        if len(different) == count:
            break
    return list(different.values())
