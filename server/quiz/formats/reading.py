"""Collects what a file holds: each question is made, checked as the bank's are, and taken or refused with a reason."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from server.quiz.drawing import DrawError
from server.quiz.fields import LONGEST_NAME, NAME, QuestionError
from server.quiz.formats.difference import Fields, applied
from server.quiz.formats.exchange import MOST_QUESTIONS, Imported, NotHeld, Refusal
from server.quiz.formats.fixing import admitted
from server.quiz.formats.naming import Names, shown, slug
from server.quiz.question import Question
from server.quiz.source import question_to_dict

WORDS_OF_AN_ID = 8


@dataclass(frozen=True, slots=True)
class Draft:
    """A question as a format says it: texts as they are shown, an empty id where there is none to keep.

    `note` is what Stride left beside it (see `difference`), `remarks` are sentences on what was left behind.
    """

    question: Question
    note: Fields = field(default_factory=dict)
    remarks: tuple[str, ...] = ()


class Reading:
    """The questions of one file, in its order."""

    def __init__(self) -> None:
        self.imported = Imported()
        self._names = Names()

    def take(self, place: str, name: str, make: Callable[[], Draft]) -> None:
        """Take the question that `make` gives, or note why it cannot be had."""
        remarks: list[str] = []

        def admit() -> Question:
            draft = make()
            remarks.extend(draft.remarks)
            return _admitted(draft, place)

        if self.take_own(place, name, admit):
            self.imported.notes.extend(Refusal(place, shown(name), remark) for remark in remarks)

    def take_own(self, place: str, name: str, make: Callable[[], Question]) -> bool:
        """The same for a question that is ready. False where it was refused."""
        if len(self.imported.questions) >= MOST_QUESTIONS:
            self.refuse(place, name, f"The file has more than {MOST_QUESTIONS} questions. Split it.")
            return False
        try:
            question = make()
        except NotHeld as error:
            self.refuse(place, name, str(error))
        except (QuestionError, DrawError) as error:
            self.refuse(place, name, _reason(str(error)))
        else:
            self.imported.questions.append(replace(question, id=self._names.unique(question.id)))
            return True
        return False

    def refuse(self, place: str, name: str, reason: str) -> None:
        """Note a question that cannot come over."""
        self.imported.refused.append(Refusal(place, shown(name), reason))


def _admitted(draft: Draft, place: str) -> Question:
    plain = question_to_dict(draft.question)
    noted = applied(draft.note, draft.question) if draft.note else plain
    if not str(noted.get("stem", "")).strip():
        raise NotHeld("It has no text that asks anything.")
    try:
        return admitted(noted | {"id": _wanted_id(noted)}, place)
    except (QuestionError, DrawError):
        if noted == plain:
            raise
        return admitted(plain | {"id": _wanted_id(plain)}, place)


def _wanted_id(data: dict[str, Any]) -> str:
    name = str(data.get("id", ""))
    if NAME.fullmatch(name) and len(name) <= LONGEST_NAME:
        return name
    words = str(data.get("title") or data.get("stem", "")).split()[:WORDS_OF_AN_ID]
    return slug(name or " ".join(words))


def _reason(message: str) -> str:
    """An error of the bank's without the file, id and seed that it names: the list beside it has the place."""
    reason = re.sub(r"^.*?\([a-z0-9-]*\)[,:]? |^[a-z0-9-]+, seed 0: ", "", message)
    reason = reason.removesuffix("; no other try did better")
    return f"{reason[:1].upper()}{reason[1:]}{'' if reason.endswith('.') else '.'}"
