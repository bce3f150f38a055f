"""Putting a quiz together: parts of questions, how many of a part are asked, and what each is worth.

A form that is sent twice does its work once: what makes something new is told the newest that was there (`after`), and
what moves something is told where it stood (`seen`).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.models import Course, Mode, Numbers, Quiz, QuizItem, QuizPart, QuizSession
from server.quiz.bank import Bank
from server.quiz.drawing import DrawError
from server.quiz.paper import PaperQuestion, lay_down, questions_of
from server.quiz.question import Question
from server.quiz.source import question_to_dict
from server.services.errors import Refused
from server.services.quizzes.questions import Entry, entry
from server.services.quizzes.scheduling import copied_items

LONGEST_TITLE = 200
LARGEST_POINTS = 100.0
MOST_ITEMS = 200
Placed = TypeVar("Placed", QuizPart, QuizItem)


def quizzes_of(s: Session, course: Course) -> list[Quiz]:
    """The course's quizzes, the newest first."""
    return list(s.scalars(select(Quiz).where(Quiz.course_id == course.id).order_by(Quiz.id.desc())))


def create_quiz(s: Session, course: Course, title: str, *, after: int | None = None) -> Quiz:
    """A new quiz with one empty part. Raises Refused."""
    title = _title(title, "A quiz")
    s.refresh(course, with_for_update=True)
    return _twin(s, course, title, after) or _added(s, Quiz(course=course, title=title, parts=[QuizPart(position=0)]))


def duplicate(s: Session, quiz: Quiz, *, after: int | None = None) -> Quiz:
    """A copy of a quiz, to change without touching the first."""
    title = f"{quiz.title[: LONGEST_TITLE - 7]} (copy)"
    s.refresh(quiz.course, with_for_update=True)
    twin = _twin(s, quiz.course, title, after)
    if twin is not None:
        return twin
    copy = Quiz(
        course=quiz.course,
        title=title,
        numbers=quiz.numbers,
        shuffles_questions=quiz.shuffles_questions,
        shuffles_options=quiz.shuffles_options,
        parts=[_part_copy(part) for part in quiz.parts],
    )
    return _added(s, copy)


def settle(
    s: Session, quiz: Quiz, *, title: str, numbers: Numbers, shuffles_questions: bool, shuffles_options: bool
) -> None:
    """Set a quiz's title and the rules that a new session of it begins with. Raises Refused."""
    quiz.title, quiz.numbers = _title(title, "A quiz"), numbers
    quiz.shuffles_questions, quiz.shuffles_options = shuffles_questions, shuffles_options
    s.flush()


def delete(s: Session, quiz: Quiz) -> None:
    """Delete a quiz that was never run. Raises Refused for one whose sessions have answers."""
    _lock(s, quiz)
    if s.scalar(select(QuizSession.id).where(QuizSession.quiz_id == quiz.id).limit(1)) is not None:
        raise Refused("This quiz has sessions, and their results would go with it. Delete cancelled sessions first.")
    s.delete(quiz)
    s.flush()


def add_part(s: Session, quiz: Quiz, *, after: int | None = None) -> QuizPart:
    """One more part at the end, without questions."""
    _lock(s, quiz)
    last = quiz.parts[-1] if quiz.parts else None
    if last is not None and after is not None and last.id > after:
        return last
    part = QuizPart(position=len(quiz.parts), title="")
    quiz.parts.append(part)
    s.flush()
    return part


def change_part(s: Session, part: QuizPart, *, title: str, pick: int | None) -> None:
    """Name a part, and say how many of its questions each student gets; None for all. Raises Refused."""
    title = " ".join(title.split())
    if len(title) > LONGEST_TITLE or not title.isprintable():
        raise Refused(f"A part's title has {LONGEST_TITLE} printable characters at most.")
    if pick is not None and not 1 <= pick <= max(1, len(part.items)):
        raise Refused(f"This part has {len(part.items)} questions: ask between one and all of them.")
    part.title, part.pick = title, pick
    s.flush()


def move_part(s: Session, part: QuizPart, by: int, *, seen: int | None = None) -> None:
    """Move a part up (-1) or down (1)."""
    _lock(s, part.quiz)
    _move(part.quiz.parts, part, by, seen)
    s.flush()


def remove_part(s: Session, part: QuizPart) -> None:
    """Take a part and its questions out of the quiz; the last part stays, empty."""
    quiz = part.quiz
    _lock(s, quiz)
    if len(quiz.parts) == 1:
        part.items.clear()
        part.pick = None
    else:
        quiz.parts.remove(part)
        _renumber(quiz.parts)
    s.flush()


def add_items(s: Session, part: QuizPart, chosen: Iterable[Entry]) -> list[QuizItem]:
    """Copy questions into a part, at its end; those that are in the quiz already are passed over. Raises Refused."""
    _lock(s, part.quiz)
    present = {item.origin for each in part.quiz.parts for item in each.items}
    new = [each for each in chosen if each.origin not in present]
    if len(present) + len(new) > MOST_ITEMS:
        raise Refused(f"A quiz has {MOST_ITEMS} questions at most.")
    items = [
        QuizItem(
            position=len(part.items) + place,
            origin=each.origin,
            definition=question_to_dict(each.question),
            points=each.question.points,
        )
        for place, each in enumerate(new)
    ]
    part.items.extend(items)
    s.flush()
    return items


def move_item(s: Session, item: QuizItem, by: int, *, seen: int | None = None) -> None:
    """Move a question up (-1) or down (1) within its part."""
    _lock(s, item.part.quiz)
    _move(item.part.items, item, by, seen)
    s.flush()


def move_to_part(s: Session, item: QuizItem, part: QuizPart) -> None:
    """Move a question to the end of another part of its quiz."""
    _lock(s, part.quiz)
    if item.part_id == part.id:
        return
    left = item.part
    item.position, item.part_id = len(part.items), part.id
    s.flush()
    for each in (left, part):
        s.expire(each, ["items"])
    s.expire(item, ["part"])
    _renumber(left.items)
    _bound_pick(left)
    s.flush()


def remove_item(s: Session, item: QuizItem) -> None:
    """Take a question out of the quiz."""
    part = item.part
    _lock(s, part.quiz)
    part.items.remove(item)
    _renumber(part.items)
    _bound_pick(part)
    s.flush()


def set_points(s: Session, item: QuizItem, points: float) -> None:
    """What a question is worth in this quiz. Raises Refused."""
    if not 0 < points <= LARGEST_POINTS:
        raise Refused(f"Points lie between 0 and {LARGEST_POINTS:g}.")
    item.points = points
    s.flush()


def newer(s: Session, bank: Bank, item: QuizItem) -> Question | None:
    """The question's text of today where it is another one than the quiz's copy; else None."""
    today = entry(s, item.part.quiz.course, bank, item.origin)
    if today is None or question_to_dict(today.question) == item.definition:
        return None
    return today.question


def refresh(s: Session, item: QuizItem, question: Question) -> None:
    """Take the question's text of today in place of the copy; its points in this quiz stay."""
    item.definition = question_to_dict(question)
    s.flush()


def paper_of(quiz: Quiz, seed: int) -> list[tuple[PaperQuestion, float]]:
    """A paper as some student would get it, each question with its points. Raises Refused where one cannot be drawn."""
    items = copied_items(quiz)
    for name, item in enumerate(items, 1):
        item.id = name
    rules = QuizSession(
        mode=Mode.TIMED,
        numbers=quiz.numbers,
        shuffles_questions=quiz.shuffles_questions,
        shuffles_options=quiz.shuffles_options,
        seed=quiz.id,
    )
    points = {item.id: item.points for item in items}
    try:
        questions = questions_of(lay_down(items, seed, rules), items)
    except DrawError as error:
        raise Refused(f"A question cannot be drawn: {error}. Mend it or take it out.") from None
    return [(question, points[question.item_id]) for question in questions]


def question_count(quiz: Quiz) -> int:
    """How many questions a student gets."""
    return sum(_asked(part) for part in quiz.parts)


def points_of(quiz: Quiz) -> tuple[float, float]:
    """The least and the most that a paper can be worth: they differ where a pool's questions have unequal points."""
    least = most = 0.0
    for part in quiz.parts:
        points = sorted(item.points for item in part.items)
        least += sum(points[: _asked(part)])
        most += sum(points[len(points) - _asked(part) :])
    return least, most


def _asked(part: QuizPart) -> int:
    return len(part.items) if part.pick is None else min(part.pick, len(part.items))


def _title(title: str, what: str) -> str:
    title = " ".join(title.split())
    if not title or len(title) > LONGEST_TITLE or not title.isprintable():
        raise Refused(f"{what} needs a title of {LONGEST_TITLE} printable characters at most.")
    return title


def _twin(s: Session, course: Course, title: str, after: int | None) -> Quiz | None:
    """The quiz that the same form has made already."""
    if after is None:
        return None
    return s.scalar(select(Quiz).where(Quiz.course_id == course.id, Quiz.id > after, Quiz.title == title))


def _added(s: Session, quiz: Quiz) -> Quiz:
    s.add(quiz)
    s.flush()
    return quiz


def _part_copy(part: QuizPart) -> QuizPart:
    items = [
        QuizItem(position=item.position, origin=item.origin, definition=item.definition, points=item.points)
        for item in part.items
    ]
    return QuizPart(position=part.position, title=part.title, pick=part.pick, items=items)


def _lock(s: Session, quiz: Quiz) -> None:
    """Keep everybody else from changing the quiz until the transaction ends, and read its parts anew."""
    s.refresh(quiz, with_for_update=True)
    for part in quiz.parts:
        s.expire(part, ["items"])
    s.expire(quiz, ["parts"])


def _move(placed: list[Placed], one: Placed, by: int, seen: int | None) -> None:
    if seen is not None and one.position != seen:
        return
    target = min(max(one.position + by, 0), len(placed) - 1)
    order = [each for each in placed if each is not one]
    order.insert(target, one)
    _renumber(order)
    placed.sort(key=lambda each: each.position)


def _renumber(placed: Iterable[QuizPart | QuizItem]) -> None:
    for position, each in enumerate(placed):
        each.position = position


def _bound_pick(part: QuizPart) -> None:
    if part.pick is not None and part.pick >= len(part.items):
        part.pick = None if not part.items else min(part.pick, len(part.items))
