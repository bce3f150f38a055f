"""Questions as text: `quiz.toml` read strictly, and the same as dictionaries, which is how the database keeps them.

Every error names the file, the question and the key. The format is described in docs/questions.md.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from typing import Any

from server.quiz.fields import QuestionError, Table
from server.quiz.names import check_names
from server.quiz.question import Answer, Kind, Option, Question, Scoring
from server.quiz.writing import question_to_dict, write_questions

__all__ = [
    "QuestionError",
    "Source",
    "question_from_dict",
    "question_to_dict",
    "read_question",
    "read_questions",
    "read_source",
    "write_questions",
]

MOST_OPTIONS = 12
MOST_ANSWERS = 12
MOST_NAMES = 40
LARGEST_POINTS = 100.0
COMMON = {
    *("id", "kind", "topic", "source", "difficulty", "title", "points", "stem", "explanation"),
    *("where", "draw", "tags"),
}
OF_KIND = {
    Kind.SINGLE: {"option", "show", "shuffle"},
    Kind.MULTIPLE: {"option", "show", "shuffle", "scoring"},
    Kind.TRUE_FALSE: {"right", "why_true", "why_false"},
    Kind.NUMERIC: {"answer"},
}


@dataclass(frozen=True, slots=True)
class Source:
    """What a file holds: its topic's title, empty where it gives none, and its questions in order."""

    title: str
    questions: tuple[Question, ...]


def read_questions(text: str, where: str) -> list[Question]:
    """The questions of a file's text. Raises QuestionError with every question that is wrong, a line each."""
    return list(read_source(text, where).questions)


def read_source(text: str, where: str) -> Source:
    """The same with the topic's title."""
    table = Table(_toml(text, where), where)
    table.refuse_unknown({"title", "question"})
    title, wrong = table.text("title"), []
    questions: list[Question] = []
    for position, entry in enumerate(table.tables("question"), 1):
        try:
            questions.append(question_from_dict(entry, f"{where} question {position}"))
        except QuestionError as error:
            wrong.append(str(error))
    ids = [question.id for question in questions]
    wrong += [f"{where}: two questions have the id {name!r}" for name in sorted({n for n in ids if ids.count(n) > 1})]
    if wrong:
        raise QuestionError("\n".join(wrong))
    return Source(title, tuple(questions))


def read_question(text: str) -> Question:
    """The one question of a text that somebody edits. Raises QuestionError."""
    table = Table(_toml(text, "The text"), "The text")
    table.refuse_unknown({"question"})
    entries = table.tables("question")
    if len(entries) != 1:
        raise QuestionError(f"The text must have one [[question]], not {len(entries)}")
    return question_from_dict(entries[0], "The question")


def _toml(text: str, where: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise QuestionError(f"{where}: {error}") from None
    except RecursionError:
        raise QuestionError(f"{where}: it is nested too deeply") from None


def question_from_dict(data: object, where: str) -> Question:
    """A question from its table. Raises QuestionError naming `where`, the question's id and the key."""
    table = Table(data, where)
    name = table.name("id")
    table.where = f"{where} ({name})"
    kind = table.word("kind", Kind)
    table.refuse_unknown(COMMON | OF_KIND[kind])
    options = _options(table, kind)
    question = Question(
        id=name,
        kind=kind,
        stem=table.text("stem", required=True),
        options=options,
        answers=_answers(table) if kind is Kind.NUMERIC else (),
        draw=table.draws("draw", MOST_NAMES),
        where=tuple(table.texts("where")),
        show=_show(table, options),
        scoring=table.word("scoring", Scoring, Scoring.NET_CORRECT),
        points=table.number("points", 1.0, above=0.0, most=LARGEST_POINTS),
        title=table.text("title"),
        topic=table.text("topic"),
        source=table.text("source"),
        difficulty=table.whole("difficulty", least=1, most=3),
        explanation=table.text("explanation"),
        shuffles=table.truth("shuffle", default=True),
        tags=tuple(table.texts("tags")),
    )
    _check_key(question, table)
    check_names(question, table.where)
    return question


def _options(table: Table, kind: Kind) -> tuple[Option, ...]:
    if kind is Kind.NUMERIC:
        return ()
    if kind is Kind.TRUE_FALSE:
        is_true = table.truth("right")
        return Option("True", is_true, table.text("why_true")), Option("False", not is_true, table.text("why_false"))
    entries = table.tables("option")
    if not 2 <= len(entries) <= MOST_OPTIONS:
        raise table.error("option", f"there are two to {MOST_OPTIONS} of them, not {len(entries)}")
    return tuple(_option(table.inner(entry, "option", place)) for place, entry in enumerate(entries, 1))


def _option(table: Table) -> Option:
    table.refuse_unknown({"text", "right", "why", "fraction"})
    return Option(
        text=table.text("text", required=True),
        is_right=table.truth("right", default=False),
        why=table.text("why"),
        fraction=table.number("fraction", None, above=-1.0, most=1.0, closed=True),
    )


def _answers(table: Table) -> tuple[Answer, ...]:
    entries = table.tables("answer")
    if not 1 <= len(entries) <= MOST_ANSWERS:
        raise table.error("answer", f"there are one to {MOST_ANSWERS} of them, not {len(entries)}")
    return tuple(_answer(table.inner(entry, "answer", place)) for place, entry in enumerate(entries, 1))


def _answer(table: Table) -> Answer:
    table.refuse_unknown({"value", "tolerance", "fraction", "why"})
    return Answer(
        value=table.expression("value"),
        tolerance=table.expression("tolerance", "0"),
        fraction=table.number("fraction", 1.0, above=0.0, most=1.0, closed=True),
        why=table.text("why"),
    )


def _show(table: Table, options: tuple[Option, ...]) -> int | None:
    show, right = table.whole("show", least=2, most=MOST_OPTIONS), sum(option.is_right for option in options)
    if show is not None and show < right:
        raise table.error("show", f"{show} options cannot hold the {right} that are right")
    return show


def _check_key(question: Question, table: Table) -> None:
    """Raise QuestionError where the question has no key, or one that its kind cannot have."""
    right = sum(option.is_right for option in question.options)
    if question.kind is Kind.SINGLE and right != 1:
        raise table.error("option", f"exactly one must have right = true, not {right}")
    if question.kind is Kind.MULTIPLE and right == 0:
        raise table.error("option", "at least one must have right = true")
    if question.kind is Kind.NUMERIC and not any(answer.fraction == 1 for answer in question.answers):
        raise table.error("answer", "at least one must be worth the full fraction, 1")
    if question.where and not question.draw:
        raise table.error("where", "without draw there is nothing that a condition could change")
    given = [option.fraction is not None for option in question.options]
    if question.scoring is Scoring.FRACTIONS and not all(given):
        raise table.error("option", 'with scoring = "fractions" each of them needs a fraction')
