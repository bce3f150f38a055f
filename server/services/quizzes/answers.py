"""How a question was answered: each option, or each number that was typed, with who chose it and how well they did."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from server.models import Participant, SessionItem
from server.quiz.analysis import Choice, distractors
from server.quiz.analysis.items import scores_around
from server.quiz.correction import corrected
from server.quiz.numbers import NumberError, readings
from server.quiz.question import DrawnOption, DrawnQuestion, Kind, Response
from server.quiz.scoring import matching_answer
from server.services.quizzes.results import NOTHING, Marks, question_of

MOST_NUMBERS = 12
"""How many different numbers are listed by themselves; the rest stand together."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """One option, one number, or no answer: who chose it, and what that says.

    `place` is the option's as written, None for what is no option. `label` and `why` have the numbers of the first
    participant who saw it.
    """

    place: int | None
    label: str
    is_right: bool
    why: str
    choice: Choice
    pickers: tuple[Participant, ...]


@dataclass(frozen=True, slots=True)
class _Got:
    """A participant who got the question, with their draw of it under the corrected key, and their response."""

    participant: Participant
    drawn: DrawnQuestion
    response: Response


def example_of(found: Marks, item: SessionItem) -> DrawnQuestion | None:
    """The question with the numbers of the first participant who got it, under the corrected key; None for nobody."""
    return next((got.drawn for got in _got(found, item)), None)


def answers_of(found: Marks, item: SessionItem) -> list[Chosen]:
    """What was chosen: the options in the order written or the numbers, the right ones first; then no answer."""
    got = _got(found, item)
    groups = _numbers(got) if question_of(item).kind is Kind.NUMERIC else _options(got)
    groups.append((Chosen(None, "No answer", False, "", _nobody(), ()), [each.response.is_empty for each in got], None))
    return _counted(found, item, got, groups)


def chance_of(found: Marks, item: SessionItem) -> float | None:
    """The facility that guessing alone would give; None where there is no such figure (numbers, several options)."""
    if question_of(item).kind not in (Kind.SINGLE, Kind.TRUE_FALSE):
        return None
    shares = [len(got.drawn.key) / len(got.drawn.options) for got in _got(found, item)]
    return sum(shares) / len(shares) if shares else None


_Group = tuple[Chosen, list[bool], list[bool] | None]
"""A row without its figures, who of those who got the question picked it, and who saw it (None: all)."""


def _got(found: Marks, item: SessionItem) -> list[_Got]:
    correction = found.corrections.get(item.id)
    return [
        _Got(who, corrected(found.draws[key], correction), found.responses.get(key, NOTHING))
        for who in found.participants
        if (key := (who.id, item.id)) in found.draws
    ]


def _options(got: list[_Got]) -> list[_Group]:
    examples: dict[int, DrawnOption] = {}
    for each in got:
        for option in each.drawn.options:
            examples.setdefault(option.place, option)
    return [_option(examples[place], got) for place in sorted(examples)]


def _option(option: DrawnOption, got: list[_Got]) -> _Group:
    place = option.place
    chosen = Chosen(place, option.text, option.is_right, option.why, _nobody(), ())
    shown = [any(other.place == place for other in each.drawn.options) for each in got]
    return chosen, [place in each.response.picked for each in got], shown


def _numbers(got: list[_Got]) -> list[_Group]:
    """The accepted numbers and the known mistakes, by their place in the question; then what else was typed."""
    matched = [_matched(each) for each in got]
    groups: list[_Group] = []
    for index in range(max((len(each.drawn.answers) for each in got), default=0)):
        answer = next(each.drawn.answers[index] for each in got if index < len(each.drawn.answers))
        same = len({each.drawn.answers[index].value for each in got if index < len(each.drawn.answers)}) == 1
        label = f"{answer.value:.10g}" if same else f"{answer.value:.10g} in the example"
        chosen = Chosen(None, label, answer.fraction > 0, answer.why, _nobody(), ())
        groups.append((chosen, [place == index for place in matched], None))
    return groups + _others(got, matched)


def _matched(got: _Got) -> int | None:
    answer = matching_answer(got.drawn, got.response.text)
    return got.drawn.answers.index(answer) if answer is not None else None


def _others(got: list[_Got], matched: list[int | None]) -> list[_Group]:
    """Typed numbers that fit no answer, the most frequent first; those that are no number stand together."""
    typed = [
        _typed(each.response.text) if place is None and not each.response.is_empty else ""
        for each, place in zip(got, matched, strict=True)
    ]
    counts = {text: typed.count(text) for text in typed if text}
    listed = sorted(counts, key=lambda text: (-counts[text], text))[:MOST_NUMBERS]
    groups: list[_Group] = [(_other(text), [each == text for each in typed], None) for text in listed]
    if len(listed) < len(counts):
        rest = set(counts) - set(listed)
        groups.append((_other("Other numbers"), [each in rest for each in typed], None))
    return groups


def _other(label: str) -> Chosen:
    return Chosen(None, label, False, "", _nobody(), ())


def _typed(text: str) -> str:
    try:
        return " or ".join(f"{value:.10g}" for value in readings(text))
    except NumberError:
        return "No number"


def _nobody() -> Choice:
    return Choice(0, 0, None, None, None)


def _counted(found: Marks, item: SessionItem, got: list[_Got], groups: list[_Group]) -> list[Chosen]:
    picked = np.array([picked for _, picked, _ in groups], dtype=bool).T.reshape(len(got), len(groups))
    shown = np.array([shown or [True] * len(got) for _, _, shown in groups], dtype=bool).T.reshape(picked.shape)
    total, rest = _scores(found, item, got)
    choices = distractors(picked, shown, total, rest)
    return [
        replace(row, choice=choice, pickers=tuple(_pickers(got, picks)))
        for (row, picks, _), choice in zip(groups, choices, strict=True)
    ]


def _pickers(got: list[_Got], picks: list[bool]) -> Iterable[Participant]:
    return (each.participant for each, is_picked in zip(got, picks, strict=True) if is_picked)


def _scores(found: Marks, item: SessionItem, got: list[_Got]) -> tuple[np.ndarray, np.ndarray]:
    """The totals and the rest scores of those who got the question; of a dropped one the total is the rest."""
    column = found.column(item)
    if column in found.counted:
        _, total, rest = scores_around(found.values, column)
        return total, rest
    rows = {who.id: row for row, who in enumerate(found.participants)}
    total = found.totals[[rows[each.participant.id] for each in got]]
    return total, total
