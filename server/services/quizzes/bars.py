"""How a question of a session was answered, for the lecturer and, after the reveal, for the hall."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from server.models import Mode, Numbers, Participant, QuizAnswer, QuizSession
from server.quiz.paper import PaperQuestion, questions_of
from server.quiz.question import Kind, Response
from server.quiz.scoring import fraction
from server.services.quizzes.live import is_given

MOST_VALUES = 6


@dataclass(frozen=True, slots=True)
class Bar:
    """One answer of a question, and how many gave it. `is_right` is for whoever may see the key."""

    label: str
    text: str
    count: int
    is_right: bool


@dataclass(frozen=True, slots=True)
class Bars:
    """How a question was answered. `answered` counts participants; with several choices the bars add up to more."""

    bars: tuple[Bar, ...]
    answered: int
    joined: int

    def share(self, bar: Bar) -> float:
        """The part of those who answered that gave this answer, from 0 to 1."""
        return bar.count / self.answered if self.answered else 0.0


def bars(s: Session, session: QuizSession, question: PaperQuestion) -> Bars:
    """How the question was answered, in the order in which it is shown."""
    rows = s.execute(
        select(QuizAnswer.picked, QuizAnswer.text, Participant.paper)
        .join(Participant, Participant.id == QuizAnswer.participant_id)
        .where(QuizAnswer.item_id == question.item_id, is_given())
    ).all()
    is_number = question.drawn.question.kind is Kind.NUMERIC
    shown = _numbers(session, question, rows) if is_number else _options(question, rows)
    return Bars(shown, len(rows), _asked(s, session, question.item_id))


def _options(question: PaperQuestion, rows: list[Row]) -> tuple[Bar, ...]:
    counts = Counter(place for row in rows for place in row.picked)
    return tuple(
        Bar(chr(ord("A") + index), option.text, counts[option.place], option.is_right)
        for index, option in enumerate(question.shown)
    )


def _numbers(session: QuizSession, question: PaperQuestion, rows: list[Row]) -> tuple[Bar, ...]:
    """The values that were typed most often; right and wrong alone where everybody had another question."""
    right = [_is_right(session, question, row) for row in rows]
    if question.drawn.question.has_parameters and session.numbers is Numbers.EACH and session.mode is not Mode.PACED:
        return Bar("", "right", sum(right), True), Bar("", "wrong", len(right) - sum(right), False)
    counts = Counter((row.text.strip(), good) for row, good in zip(rows, right, strict=True))
    ordered = sorted(counts.items(), key=lambda each: (-each[1], each[0]))
    bars = [Bar("", text, count, good) for (text, good), count in ordered[:MOST_VALUES]]
    others = sum(count for _, count in ordered[MOST_VALUES:])
    return (*bars, Bar("", "others", others, False)) if others else tuple(bars)


def _is_right(session: QuizSession, question: PaperQuestion, row: Row) -> bool:
    own = [entry for entry in row.paper if entry["item"] == question.item_id]
    items = [item for item in session.items if item.id == question.item_id]
    drawn = questions_of(own, items)[0].drawn if own else question.drawn
    return fraction(drawn, Response(text=row.text)) == 1


def _asked(s: Session, session: QuizSession, item_id: int) -> int:
    """How many participants have the question on their paper."""
    papers = s.scalars(select(Participant.paper).where(Participant.session_id == session.id))
    return sum(any(entry["item"] == item_id for entry in paper) for paper in papers)
