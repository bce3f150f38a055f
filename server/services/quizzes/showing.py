"""Which questions a student may see now, and what a reveal shows of one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.models import Mode, Participant, QuizAnswer, QuizSession
from server.quiz.paper import Item, PaperQuestion, questions_of
from server.quiz.question import Kind, Picked, Response
from server.quiz.scoring import fraction
from server.services.quizzes.standing import OnShow


@dataclass(frozen=True, slots=True)
class Reveal:
    """The right answer of a question, and how many gave each.

    `right` and `counts` are by the index of the order shown; of a number `value` and `tolerance` are the right ones.
    """

    right: Picked
    counts: tuple[int, ...]
    answered: int
    answered_right: int
    value: float | None = None
    tolerance: float = 0.0


def questions_on_show(
    session: QuizSession, participant: Participant, items: Iterable[Item], on_show: OnShow | None
) -> list[PaperQuestion]:
    """The participant's questions; in a paced session the one on show, and none in its lobby."""
    questions = questions_of(participant.paper, items)
    if session.mode is not Mode.PACED:
        return questions
    return [question for question in questions if on_show is not None and question.position == on_show.position]


def answers_to(s: Session, item_id: int) -> list[Response]:
    """What everybody answered to an item; those who took their answer back are left out."""
    given = s.execute(select(QuizAnswer.picked, QuizAnswer.text).where(QuizAnswer.item_id == item_id))
    responses = [Response(tuple(picked), text) for picked, text in given]
    return [response for response in responses if not response.is_empty]


def reveal(question: PaperQuestion, answers: Sequence[Response]) -> Reveal:
    """What is shown of a question once it is revealed, of a session where everybody has the same paper."""
    drawn = question.drawn
    right = [answer for answer in drawn.answers if answer.fraction == 1]
    is_number = drawn.question.kind is Kind.NUMERIC
    return Reveal(
        right=tuple(index for index, option in enumerate(question.shown) if option.is_right),
        counts=tuple(sum(place in answer.picked for answer in answers) for place in question.order),
        answered=len(answers),
        answered_right=sum(fraction(drawn, answer) == 1 for answer in answers),
        value=right[0].value if is_number else None,
        tolerance=right[0].tolerance if is_number else 0.0,
    )
