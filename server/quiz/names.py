"""Whether every expression and text of a question can be read, and needs no name that is not drawn."""

from __future__ import annotations

from collections.abc import Iterator

from server.quiz.bounds import ExpressionError
from server.quiz.expressions import parse
from server.quiz.fields import QuestionError
from server.quiz.parameters import read_parameter
from server.quiz.question import Question
from server.quiz.template import read_template


def check_names(question: Question, where: str) -> None:
    """Raise QuestionError for an expression that cannot be read or needs an unknown name, and for a text with one."""
    known: set[str] = set()
    for name, how in question.draw.items():
        _need(read_parameter(name, how).names, known, f"{where}, draw.{name}")
        known.add(name)
    for key, text in _expressions(question):
        _need(_names(text, f"{where}, {key}", is_template=False), known, f"{where}, {key}")
    for key, text in texts_of(question):
        _need(_names(text, f"{where}, {key}", is_template=True), known, f"{where}, {key}")


def texts_of(question: Question) -> Iterator[tuple[str, str]]:
    """The texts that are shown, each with its key."""
    yield "stem", question.stem
    yield "explanation", question.explanation
    for position, option in enumerate(question.options, 1):
        yield f"option {position}, text", option.text
        yield f"option {position}, why", option.why
    for position, answer in enumerate(question.answers, 1):
        yield f"answer {position}, why", answer.why


def _expressions(question: Question) -> Iterator[tuple[str, str]]:
    for condition in question.where:
        yield "where", condition
    for position, answer in enumerate(question.answers, 1):
        yield f"answer {position}, value", answer.value
        yield f"answer {position}, tolerance", answer.tolerance


def _names(text: str, where: str, *, is_template: bool) -> frozenset[str]:
    try:
        return read_template(text).names if is_template else parse(text).names
    except ExpressionError as error:
        raise QuestionError(f"{where}: {error}") from None


def _need(names: frozenset[str], known: set[str], where: str) -> None:
    unknown = sorted(names - known)
    if unknown:
        drawn = f"drawn are {', '.join(sorted(known))}" if known else "nothing is drawn"
        raise QuestionError(f"{where}: {', '.join(unknown)} must be drawn first; {drawn}")
