"""The options of a QTI item with their rule, found by trying single options, pairs, and what is near the best."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations
from types import MappingProxyType

from server.quiz.formats.choices import several_choices, single_choice
from server.quiz.formats.exchange import NotHeld
from server.quiz.formats.qti_outcomes import CLOSE, Given, Outcome, Processing, Texts, full_score
from server.quiz.question import DrawnOption, DrawnQuestion, Kind, Option, Question, Response, Scoring
from server.quiz.scoring import fraction
from server.quiz.source import MOST_OPTIONS

RULES = (
    *(Scoring.NET_CORRECT, Scoring.ALL_OR_NOTHING, Scoring.FALSE2),
    *(Scoring.RIGHT_MINUS_WRONG, Scoring.COVERAGE, Scoring.EACH_OPTION),
)
"""Tried in this order; with one right option several of them give the same."""
Names = frozenset[str]
LEFT_BEHIND = "The feedback for all that is right, or all that is wrong, was left behind."


def scored_choice(
    question: Question, named: Sequence[tuple[str, Option]], processing: Processing, texts: Texts, *, is_single: bool
) -> tuple[Question, tuple[str, ...]]:
    """The question with its options, which have identifiers, and remarks. Raises NotHeld."""
    trial = Trial([name for name, _ in named], processing, is_single=is_single)
    always, always_alone = trial.common_feedback()
    hidden = always if is_single else always | always_alone
    options = [
        replace(
            option, fraction=trial.part({name}), why=option.why or texts(_without(trial.alone[name].feedback, hidden))
        )
        for name, option in named
    ]
    shown = trial.run(trial.best).feedback
    question = replace(question, explanation=question.explanation or texts(name for name in shown if name in always))
    if is_single:
        return single_choice(question, options), ()
    own = {name for outcome in trial.alone.values() for name in outcome.feedback}
    has_more = always_alone or not set(shown) <= own
    return _with_rule(question, options, trial), (LEFT_BEHIND,) if has_more else ()


def _without(names: tuple[str, ...], unwanted: set[str]) -> list[str]:
    return [name for name in names if name not in unwanted]


class Trial:
    """An item's processing, tried on sets of its options. `best` is the smallest set found with the highest score."""

    def __init__(self, names: list[str], processing: Processing, *, is_single: bool) -> None:
        if not 2 <= len(names) <= MOST_OPTIONS:
            raise NotHeld(f"It has {len(names)} options; two to {MOST_OPTIONS} can be shown.")
        if len(set(names)) != len(names):
            raise NotHeld("Two of its options have the same identifier.")
        self.names = names
        self._processing = processing
        self.alone = {name: self.run(frozenset({name})) for name in names}
        self.best = max(
            self._candidates(is_single=is_single), key=lambda picked: (self.run(picked).score, -len(picked))
        )
        self._full = full_score(self.run(self.best).score, None if is_single else processing.most)

    def run(self, picked: Names) -> Outcome:
        """What comes of picking these options."""
        return self._processing.run(Given(picked))

    def part(self, picked: set[str] | Names) -> float:
        """The part of the full score that they earn."""
        return self.run(frozenset(picked)).score / self._full

    def _candidates(self, *, is_single: bool) -> list[Names]:
        singles = [frozenset({name}) for name in self.names]
        if is_single:
            return singles
        nothing, every = self.run(frozenset()).score, frozenset(self.names)
        gaining = frozenset(name for name, outcome in self.alone.items() if outcome.score > nothing)
        return [picked & every for picked in (*singles, *self._processing.hints, gaining, every) if picked & every]

    def common_feedback(self) -> tuple[set[str], set[str]]:
        """What is shown whatever is picked, and what is shown for every option alone but not for the best set."""
        alone = set.intersection(*(set(outcome.feedback) for outcome in self.alone.values()))
        shown = set(self.run(self.best).feedback)
        return alone & shown, alone - shown

    def sets(self) -> set[Names]:
        """The sets that tell the rules apart."""
        alone = {frozenset({name}) for name in self.names}
        pairs = {frozenset(pair) for pair in combinations(self.names, 2)}
        near = {self.best ^ {name} for name in self.names}
        return {picked for picked in alone | pairs | near | {self.best, frozenset(self.names)} if picked}


def _with_rule(question: Question, options: list[Option], trial: Trial) -> Question:
    """The question with the rule that gives the item's scores to every set that is tried. Raises NotHeld."""
    marked = tuple(
        replace(option, is_right=name in trial.best, fraction=None)
        for name, option in zip(trial.names, options, strict=True)
    )
    tried = {picked: trial.part(picked) for picked in trial.sets()}
    for scoring in RULES:
        ruled = replace(question, kind=Kind.MULTIPLE, options=marked, scoring=scoring)
        if _gives(ruled, trial.names, tried):
            return ruled
    parts = [replace(option, fraction=_added(name, trial)) for name, option in zip(trial.names, marked, strict=True)]
    summed = several_choices(question, parts)
    if not _gives(summed, trial.names, tried):
        raise NotHeld("Its points depend on what is picked in a way that no scoring rule here has.")
    return summed


def _added(name: str, trial: Trial) -> float:
    """What an option adds: the most that it changes any set, as the bounds of the score can hide a part of it."""
    without = [frozenset(), *(picked for picked in trial.sets() if name not in picked)]
    return max((trial.part(picked | {name}) - trial.part(picked) for picked in without), key=abs)


def _gives(question: Question, names: list[str], tried: dict[Names, float]) -> bool:
    """Whether the question scores every set as the item does."""
    options = tuple(
        DrawnOption(place, str(place), option.is_right, fraction=option.fraction)
        for place, option in enumerate(question.options)
    )
    drawn = DrawnQuestion(question, question.stem, options, (), "", MappingProxyType({}))
    places = {name: place for place, name in enumerate(names)}
    for picked, part in tried.items():
        response = Response(tuple(sorted(places[name] for name in picked)))
        if abs(fraction(drawn, response) - min(1.0, max(0.0, part))) > CLOSE:
            return False
    return True
