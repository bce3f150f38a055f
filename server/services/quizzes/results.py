"""Who reached what in a session: always computed from papers, answers, keys and corrections, never stored.

So a corrected key changes every page at once, and there is no score that could be out of date.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from server.models import Mode, Participant, QuizAnswer, QuizSession, SessionItem
from server.quiz.analysis import Analysis, ItemFigures, QuizFigures, analyse
from server.quiz.analysis.moments import Values
from server.quiz.correction import Correction, Remedy, corrected, corrected_fraction, correction_from_dict
from server.quiz.paper import PaperQuestion, drawn, questions_of
from server.quiz.question import DrawnQuestion, Question, Response
from server.quiz.source import question_from_dict
from server.services.quizzes.events import Act, positions

NOTHING = Response()


@dataclass(frozen=True)
class Marks:
    """The marks of a session: participants (n) by items (k), both in order.

    `fractions` (n, k) are 0 to 1, NaN where somebody did not get the item, where it was never shown, and where it is
    dropped. `points` (k) are what the items are worth. `draws` and `responses` are by (participant's id, item's id).
    """

    session: QuizSession
    items: tuple[SessionItem, ...]
    participants: tuple[Participant, ...]
    corrections: Mapping[int, Correction]
    fractions: Values
    points: Values
    draws: Mapping[tuple[int, int], DrawnQuestion]
    responses: Mapping[tuple[int, int], Response]

    @cached_property
    def values(self) -> Values:
        """The marks (n, k), NaN as in `fractions`."""
        return self.fractions * self.points

    @cached_property
    def totals(self) -> Values:
        """Each participant's total (n)."""
        return np.asarray(np.nansum(self.values, axis=1))

    @cached_property
    def maxima(self) -> Values:
        """The most that each participant could reach (n): pools may give papers of different worth."""
        return np.asarray(np.where(np.isnan(self.fractions), 0.0, self.points).sum(axis=1))

    @cached_property
    def counted(self) -> list[int]:
        """The columns that count for anybody."""
        return [column for column in range(len(self.items)) if not np.isnan(self.fractions[:, column]).all()]

    @cached_property
    def analysis(self) -> Analysis:
        """The item analysis of the columns that count."""
        names = [name_of(self.items[column]) for column in self.counted]
        return analyse(self.values[:, self.counted], self.points[self.counted].tolist(), names)

    @property
    def quiz(self) -> QuizFigures:
        """The figures of the whole."""
        return self.analysis.quiz

    def figures(self, column: int) -> ItemFigures | None:
        """The figures of an item; None where it counts for nobody."""
        return self.analysis.items[self.counted.index(column)] if column in self.counted else None

    def column(self, item: SessionItem) -> int:
        """Where an item stands."""
        return [each.id for each in self.items].index(item.id)

    def row(self, participant: Participant) -> int:
        """Where a participant stands."""
        return [each.id for each in self.participants].index(participant.id)


@dataclass(frozen=True, slots=True)
class ItemResult:
    """One question of a paper with what was answered: `question` has the corrected key, `mark` is in points.

    `mark` is None where the question does not count: it was dropped, or a paced session never showed it.
    """

    item: SessionItem
    question: PaperQuestion
    response: Response
    correction: Correction | None
    mark: float | None


@dataclass(frozen=True, slots=True)
class Result:
    """What one participant reached, question by question in the order of their paper."""

    session: QuizSession
    participant: Participant
    items: tuple[ItemResult, ...]

    @property
    def mark(self) -> float:
        """The total, in points."""
        return sum(each.mark for each in self.items if each.mark is not None)

    @property
    def max(self) -> float:
        """The most that this paper gives, in points."""
        return sum(each.item.points for each in self.items if each.mark is not None)


def marks(s: Session, session: QuizSession, instead: Mapping[int, Correction | None] | None = None) -> Marks:
    """The marks of everybody who joined. `instead` replaces corrections by item: what would be, if."""
    participants = list(
        s.scalars(select(Participant).where(Participant.session_id == session.id).order_by(Participant.number))
    )
    items, given = tuple(session.items), _responses(s, session)
    corrections = corrections_of(session, instead)
    asked = _asked(s, session)
    scorer = _Scorer(items, corrections)
    fractions = np.full((len(participants), len(items)), np.nan)
    draws: dict[tuple[int, int], DrawnQuestion] = {}
    columns = {item.id: column for column, item in enumerate(items)}
    for row, participant in enumerate(participants):
        for position, entry in enumerate(participant.paper):
            if asked is not None and position not in asked:
                continue
            key = participant.id, entry["item"]
            draws[key] = scorer.drawn(entry["item"], entry["seed"])
            found = scorer.fraction(entry["item"], entry["seed"], given.get(key, NOTHING))
            fractions[row, columns[entry["item"]]] = np.nan if found is None else found
    points = np.array([item.points for item in items], dtype=np.float64)
    return Marks(session, items, tuple(participants), corrections, fractions, points, draws, given)


def result_of(s: Session, session: QuizSession, participant: Participant) -> Result:
    """What one participant reached."""
    given = _responses(s, session, participant)
    corrections, asked = corrections_of(session), _asked(s, session)
    by_id = {item.id: item for item in session.items}
    results = []
    for question in questions_of(participant.paper, session.items):
        item, correction = by_id[question.item_id], corrections.get(question.item_id)
        response = given.get((participant.id, item.id), NOTHING)
        is_asked = asked is None or question.position in asked
        found = corrected_fraction(question.drawn, response, correction) if is_asked else None
        shown = PaperQuestion(item.id, question.position, corrected(question.drawn, correction), question.order)
        results.append(ItemResult(item, shown, response, correction, None if found is None else found * item.points))
    return Result(session, participant, tuple(results))


def participant_by_number(s: Session, session: QuizSession, number: str) -> Participant | None:
    """The session's participant with this number, however its letters are written."""
    named = (Participant.session_id == session.id, func.lower(Participant.number) == number.lower())
    return s.scalar(select(Participant).where(*named))


def corrections_of(
    session: QuizSession, instead: Mapping[int, Correction | None] | None = None
) -> dict[int, Correction]:
    """The corrections of a session by item; `instead` replaces some of them."""
    stored = {item.id: correction_from_dict(item.correction) for item in session.items} | dict(instead or {})
    return {item: correction for item, correction in stored.items() if correction is not None}


def question_of(item: SessionItem) -> Question:
    """The question of an item as it is written, whether or not it can be drawn."""
    return question_from_dict(item.definition, f"question {item.position + 1}")


def name_of(item: SessionItem) -> str:
    """How an item is called in lists: Q1 and its title."""
    return f"Q{item.position + 1} {item.definition.get('title') or item.definition['id']}"


def is_dropped(correction: Correction | None) -> bool:
    """Whether a question counts for nobody."""
    return correction is not None and correction.remedy is Remedy.DROPPED


class _Scorer:
    """Draws and scores, each question, seed and response once: many papers share them."""

    def __init__(self, items: Sequence[SessionItem], corrections: Mapping[int, Correction]) -> None:
        self._definitions = {item.id: item.definition for item in items}
        self._corrections = corrections
        self._draws: dict[tuple[int, int], DrawnQuestion] = {}
        self._fractions: dict[tuple[int, int, Response], float | None] = {}

    def drawn(self, item: int, seed: int) -> DrawnQuestion:
        """The question with the numbers of `seed`."""
        if (item, seed) not in self._draws:
            self._draws[item, seed] = drawn(self._definitions[item], seed)
        return self._draws[item, seed]

    def fraction(self, item: int, seed: int, response: Response) -> float | None:
        """What a response earns, as `corrected_fraction`."""
        key = item, seed, response
        if key not in self._fractions:
            self._fractions[key] = corrected_fraction(self.drawn(item, seed), response, self._corrections.get(item))
        return self._fractions[key]


def _responses(
    s: Session, session: QuizSession, participant: Participant | None = None
) -> dict[tuple[int, int], Response]:
    asked = (
        select(QuizAnswer.participant_id, QuizAnswer.item_id, QuizAnswer.picked, QuizAnswer.text)
        .join(Participant, Participant.id == QuizAnswer.participant_id)
        .where(Participant.session_id == session.id)
    )
    if participant is not None:
        asked = asked.where(Participant.id == participant.id)
    return {(who, item): Response(tuple(picked), text) for who, item, picked, text in s.execute(asked)}


def _asked(s: Session, session: QuizSession) -> set[int] | None:
    """The positions that a paced session has shown; None where everybody has the whole paper from the start."""
    if session.mode is not Mode.PACED:
        return None
    shown = positions(s, session, Act.SHOWN)
    return shown | ({session.current} if session.current is not None else set())
