"""Practising: fresh numbers for each try, an explanation at once, and no score. Whoever has the code may practise."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, exists, func, select
from sqlalchemy.orm import Session

from server.models import Enrolment, Person, PracticeAnswer, QuizSession, SessionItem
from server.quiz.chance import Chance
from server.quiz.drawing import DrawError
from server.quiz.numbers import NumberError, readings
from server.quiz.paper import PaperQuestion, drawn, option_order
from server.quiz.question import DrawnAnswer, Kind, Response
from server.quiz.scoring import fraction, matching_answer
from server.services.errors import AnswerRefused

SEED_BITS = 40
TRIES = 20
LONGEST_TEXT = 60


@dataclass(frozen=True, slots=True)
class Feedback:
    """What a try was worth, from 0 to 1, and, of a number, which known answer it was."""

    question: PaperQuestion
    response: Response
    fraction: float
    answer: DrawnAnswer | None


@dataclass(frozen=True, slots=True)
class Tries:
    """How often somebody tried a question, and how often they had it right."""

    all: int
    right: int


def items_of(s: Session, session: QuizSession) -> list[SessionItem]:
    """Every question of a practice session, in the order of the quiz; of a pool all of them."""
    return list(
        s.scalars(select(SessionItem).where(SessionItem.session_id == session.id).order_by(SessionItem.position))
    )


def may_practise(s: Session, session: QuizSession, person: Person | None) -> bool:
    """Whether somebody may: everybody with the code, or, where the roster counts, who is signed in and on it."""
    if not session.roster_only:
        return True
    if person is None:
        return False
    enrolled = exists().where(Enrolment.course_id == session.course_id, Enrolment.person_id == person.id)
    return person.is_admin or bool(s.scalar(select(enrolled)))


def new_seed(item: SessionItem) -> int:
    """A seed that nobody can foresee, with which the question can be drawn. Raises DrawError where none can."""
    for _ in range(TRIES):
        seed = secrets.randbits(SEED_BITS)
        try:
            drawn(item.definition, seed)
        except DrawError:
            continue
        return seed
    raise DrawError(f"{item.origin} could not be drawn")


def question(session: QuizSession, items: Sequence[SessionItem], position: int, seed: int) -> PaperQuestion:
    """The question at `position` of `items`, counted from 0, with the numbers and the order of `seed`."""
    item = items[position]
    with_numbers = drawn(item.definition, seed)
    order = option_order(with_numbers, Chance(f"{seed}\0options"), shuffle=session.shuffles_options)
    return PaperQuestion(item.id, position, with_numbers, tuple(order))


def read_response(asked: PaperQuestion, picked: Sequence[int], text: str) -> Response:
    """A response from indices in the order shown. Raises AnswerRefused for none, and for what is no number."""
    if asked.drawn.question.kind is Kind.NUMERIC:
        text = text.strip()[:LONGEST_TEXT]
        try:
            readings(text)
        except NumberError as error:
            raise AnswerRefused(str(error)) from None
        return Response(text=text)
    places = sorted({asked.order[index] for index in picked if 0 <= index < len(asked.order)})
    if not places:
        raise AnswerRefused("Choose an answer first.")
    if asked.drawn.question.kind is not Kind.MULTIPLE and len(places) > 1:
        raise AnswerRefused("Choose one answer.")
    return Response(picked=tuple(places))


def check(
    s: Session, asked: PaperQuestion, response: Response, seed: int, person: Person | None, now: datetime
) -> Feedback:
    """What a try was worth. The first of each draw is kept, for the counts that the lecturer sees."""
    worth = fraction(asked.drawn, response)
    if not s.scalar(select(exists().where(PracticeAnswer.item_id == asked.item_id, PracticeAnswer.seed == seed))):
        s.add(
            PracticeAnswer(
                item_id=asked.item_id,
                person_id=person.id if person is not None else None,
                seed=seed,
                picked=list(response.picked),
                text=response.text,
                fraction=worth,
                answered_at=now,
            )
        )
        s.flush()
    return Feedback(asked, response, worth, matching_answer(asked.drawn, response.text) if response.text else None)


def own_tries(s: Session, session: QuizSession, person: Person) -> dict[int, Tries]:
    """How often a person tried each item of a session."""
    right = func.sum(case((PracticeAnswer.fraction >= 1, 1), else_=0))
    rows = s.execute(
        select(PracticeAnswer.item_id, func.count(), right)
        .join(SessionItem, SessionItem.id == PracticeAnswer.item_id)
        .where(SessionItem.session_id == session.id, PracticeAnswer.person_id == person.id)
        .group_by(PracticeAnswer.item_id)
    )
    return {item: Tries(tries, int(known)) for item, tries, known in rows}
