"""What a practice session shows the lecturer: how often each question was tried and solved, and what went wrong."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.models import PracticeAnswer, QuizSession, SessionItem
from server.quiz.paper import drawn
from server.quiz.question import DrawnQuestion, Kind, Response
from server.quiz.scoring import matching_answer
from server.services.quizzes.results import question_of

FULL = 1 - 1e-9


@dataclass(frozen=True, slots=True)
class Practised:
    """The attempts at one question. `mistake` is what was answered wrongly most often; `why` says what it shows."""

    item: SessionItem
    attempts: int
    right: int
    mistake: str
    mistakes: int
    why: str

    @property
    def share(self) -> float | None:
        """The part of the attempts that had full marks; None without any."""
        return self.right / self.attempts if self.attempts else None


def practised(s: Session, session: QuizSession) -> list[Practised]:
    """Every question of a practice session, in order."""
    tried: dict[int, list[PracticeAnswer]] = {item.id: [] for item in session.items}
    answers = select(PracticeAnswer).join(SessionItem).where(SessionItem.session_id == session.id)
    for answer in s.scalars(answers.order_by(PracticeAnswer.id)):
        tried[answer.item_id].append(answer)
    return [_practised(item, tried[item.id]) for item in session.items]


def _practised(item: SessionItem, answers: list[PracticeAnswer]) -> Practised:
    right = sum(answer.fraction > FULL for answer in answers)
    is_number = question_of(item).kind is Kind.NUMERIC
    mistakes: Counter[str] = Counter()
    examples: dict[str, tuple[str, str]] = {}
    for answer in answers:
        if answer.fraction > FULL:
            continue
        question = drawn(item.definition, answer.seed)
        response = Response(tuple(answer.picked), answer.text)
        for key, label, why in (_number if is_number else _options)(question, response):
            mistakes[key] += 1
            examples.setdefault(key, (label, why))
    if not mistakes:
        return Practised(item, len(answers), right, "", 0, "")
    key, count = mistakes.most_common(1)[0]
    return Practised(item, len(answers), right, examples[key][0], count, examples[key][1])


def _options(question: DrawnQuestion, response: Response) -> list[tuple[str, str, str]]:
    """The wrong options that were picked: what they are counted by, a label, and why they are wrong."""
    wrong = [option for option in question.options if option.place in response.picked and not option.is_right]
    return [(str(option.place), option.text, option.why) for option in wrong]


def _number(question: DrawnQuestion, response: Response) -> list[tuple[str, str, str]]:
    """A known mistake by its place in the question, another number by what was typed."""
    answer = matching_answer(question, response.text)
    if answer is not None:
        return [(f"answer {question.answers.index(answer)}", response.text.strip(), answer.why)]
    text = response.text.strip()
    return [(f"typed {text}", text, "")] if text else []
