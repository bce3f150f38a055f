"""Writes questions one by one: each is read back at once, and what that loses is noted in the file, or said."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, Generic, TypeVar

from server.quiz.formats.difference import applied, difference, flat, write_note
from server.quiz.formats.exchange import NotHeld, Refusal
from server.quiz.formats.fixing import plain
from server.quiz.formats.naming import Names, shown
from server.quiz.formats.reading import Draft
from server.quiz.question import Question, Scoring
from server.quiz.source import question_to_dict

Item = TypeVar("Item")
ADDED_UP = {Scoring.NET_CORRECT, Scoring.FALSE2, Scoring.RIGHT_MINUS_WRONG, Scoring.FRACTIONS}
LOSSES = {
    "formatting": ("stem", "text"),
    "title": ("title",),
    "points": ("points",),
    "explanation": ("explanation",),
    "feedback": ("why", "why_true", "why_false"),
    "parts of the points": ("fraction",),
    "tolerance": ("tolerance",),
    "an answer that an earlier one covers": ("value",),
    "scoring rule": ("scoring",),
    "fixed order of the options": ("shuffle",),
    "number of options shown": ("show",),
    "topic, source, difficulty or tags": ("topic", "source", "difficulty", "tags"),
}


@dataclass(frozen=True, slots=True)
class Form(Generic[Item]):
    """How a format writes one question and reads it back; `with_note` is None where a file has no room for a note."""

    to_item: Callable[[Question], Item]
    from_item: Callable[[Item], Draft]
    with_note: Callable[[Item, str], Item] | None = None
    rule_elsewhere: frozenset[Scoring] = frozenset(ADDED_UP)
    """The rules for several right options by which other programs really score what is written."""


@dataclass(slots=True)
class Items(Generic[Item]):
    """What was written, and what was not."""

    written: list[Item] = field(default_factory=list)
    left_out: list[Refusal] = field(default_factory=list)
    notes: list[Refusal] = field(default_factory=list)


def write_items(questions: list[Question], form: Form[Item]) -> Items[Item]:
    """The questions, each as the format holds it; those that it cannot hold with the reason."""
    items: Items[Item] = Items()
    names = Names()
    for position, question in enumerate(questions, 1):
        place, name = f"question {position}", shown(question.title or question.id)
        identifier = names.unique(question.id)
        try:
            item, remarks = _written(replace(plain(question), id=identifier), form)
        except NotHeld as error:
            items.left_out.append(Refusal(place, name, str(error)))
        else:
            items.written.append(item)
            if identifier != question.id and form.with_note is not None:
                remarks.append(f"Another question has its id; here it is {identifier}.")
            items.notes.extend(Refusal(place, name, remark) for remark in remarks)
    return items


def _written(question: Question, form: Form[Item]) -> tuple[Item, list[str]]:
    item = form.to_item(question)
    read_back = form.from_item(item).question
    if form.with_note is None:
        lost = losses(question, question_to_dict(read_back))
        return item, [f"Lost: {', '.join(lost)}."] if lost else []
    note = difference(question, read_back)
    lost = losses(question, applied(note, read_back))
    remarks = [f"Lost: {', '.join(lost)}."] if lost else []
    if question.options and question.kind == "multiple" and question.scoring not in form.rule_elsewhere:
        remarks.append(f"Other programs score it by another rule than {question.scoring.value}.")
    return (form.with_note(item, write_note(note)) if note else item), remarks


def losses(question: Question, read_back: dict[str, Any]) -> list[str]:
    """What of a question is not what it was, in words."""
    meant, said = flat(question_to_dict(question)), flat(read_back)
    paths = {path for path in meant.keys() | said.keys() if _unwrapped(meant.get(path)) != _unwrapped(said.get(path))}
    changed = {path.rpartition("/")[2] for path in paths}
    return [words for words, keys in LOSSES.items() if changed & set(keys)]


def _unwrapped(value: Any) -> Any:
    """A value without the places where its lines are wrapped, which nobody sees."""
    return " ".join(value.split()) if isinstance(value, str) else value
