"""A student's paper: which questions, in which order, with which numbers, decided once, when they join.

A paper is kept as JSON, a list with one entry a question in the order shown: `item`, the id of the session's item;
`kind`, the question's; `order`, the places of its options as written in the order shown (empty where a number is
typed); `seed`, of its draw. A question's position is its index in this list: in a paced session, where everybody has
the same paper, it is what `QuizSession.current` holds.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import Any, Protocol

from server.quiz.chance import Chance
from server.quiz.drawing import VARIANTS, DrawError, draw
from server.quiz.question import DrawnOption, DrawnQuestion, Kind, Picked, Question
from server.quiz.source import question_from_dict

PROVEN = 1000
"""The seeds below this one are those that `stride quiz check` draws of every question."""

Entry = dict[str, Any]


class Item(Protocol):
    """A question of a session, as `SessionItem` holds it."""

    id: int
    position: int
    part: int
    pick: int | None
    definition: dict[str, Any]


class Rules(Protocol):
    """What a session says about its papers, as `QuizSession` holds it."""

    mode: str
    numbers: str
    shuffles_questions: bool
    shuffles_options: bool
    seed: int


@dataclass(frozen=True, slots=True)
class PaperQuestion:
    """A question of a paper. `position` counts from 0; `order` is the places as written in the order shown."""

    item_id: int
    position: int
    drawn: DrawnQuestion
    order: Picked

    @property
    def shown(self) -> tuple[DrawnOption, ...]:
        """The options in the order shown."""
        by_place = {option.place: option for option in self.drawn.options}
        return tuple(by_place[place] for place in self.order)


def lay_down(items: Iterable[Item], seed: int, session: Rules) -> list[Entry]:
    """The paper for `seed`: of each part as many questions as are picked, shuffled within the part where asked for.

    A paced session gives everybody the paper of its own seed, so that `seed` does not matter there. Raises DrawError
    for a question that cannot be drawn at all.
    """
    seed = session.seed if session.mode == "paced" else seed
    chosen = _chosen(items, Chance(f"{seed}\0questions"), shuffle=session.shuffles_questions)
    return [_entry(item, Chance(f"{seed}\0{item.id}"), session) for item in chosen]


def questions_of(paper: Sequence[Entry], items: Iterable[Item]) -> list[PaperQuestion]:
    """The questions of a paper, drawn, in the order shown; `items` are the session's."""
    by_id = {item.id: item for item in items}
    return [
        PaperQuestion(
            item_id=entry["item"],
            position=position,
            drawn=drawn(by_id[entry["item"]].definition, entry["seed"]),
            order=tuple(entry["order"]),
        )
        for position, entry in enumerate(paper)
    ]


def drawn(definition: Mapping[str, Any], seed: int) -> DrawnQuestion:
    """The question of a `definition` column with the numbers of `seed`; kept, for many papers have the same."""
    return _drawn(json.dumps(definition), seed)


def option_order(question: DrawnQuestion, chance: Chance, *, shuffle: bool) -> list[int]:
    """The places of the drawn options in the order shown. True stays before False."""
    places = [option.place for option in question.options]
    fixed = not question.question.shuffles or question.question.kind is Kind.TRUE_FALSE
    return places if fixed or not shuffle else chance.shuffled(places)


def _chosen(items: Iterable[Item], chance: Chance, *, shuffle: bool) -> list[Item]:
    chosen: list[Item] = []
    for _, group in groupby(sorted(items, key=lambda item: (item.part, item.position)), key=lambda item: item.part):
        part = list(group)
        drawn_lots = chance.shuffled(part)[: part[0].pick]
        chosen += drawn_lots if shuffle else sorted(drawn_lots, key=lambda item: item.position)
    return chosen


def _entry(item: Item, chance: Chance, session: Rules) -> Entry:
    seed, question = _first_drawn(item, _seeds(item, chance, session))
    order = option_order(question, chance, shuffle=session.shuffles_options)
    return {"item": item.id, "kind": question.question.kind.value, "order": order, "seed": seed}


def _seeds(item: Item, chance: Chance, session: Rules) -> list[int]:
    """The seeds to try for an item, in order: of a session's variants each student begins with another one."""
    variants = _variants(session.seed)
    if session.numbers == "same" or not _varies(json.dumps(item.definition)):
        return [session.seed, *variants]
    first = chance.below(VARIANTS)
    return variants[first:] + variants[:first]


@lru_cache(maxsize=256)
def _variants(seed: int) -> list[int]:
    """The session's own few of the seeds that are proven, so that no two sessions have the same numbers to pass on."""
    return Chance(f"{seed}\0variants").shuffled(range(PROVEN))[:VARIANTS]


def _first_drawn(item: Item, seeds: Iterable[int]) -> tuple[int, DrawnQuestion]:
    refused: list[DrawError] = []
    for seed in seeds:
        try:
            return seed, drawn(item.definition, seed)
        except DrawError as error:
            refused.append(error)
    raise refused[0]


@lru_cache(maxsize=8192)
def _drawn(definition: str, seed: int) -> DrawnQuestion:
    return draw(_question(definition), seed)


@lru_cache(maxsize=1024)
def _question(definition: str) -> Question:
    return question_from_dict(json.loads(definition), "the quiz's copy")


def _varies(definition: str) -> bool:
    question = _question(definition)
    return question.has_parameters or (question.show is not None and question.show < len(question.options))
