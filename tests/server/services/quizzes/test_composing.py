"""Putting a quiz together from the bank and the course's own questions."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from server.models import CourseQuestion, Numbers, Quiz, QuizItem
from server.quiz.bank import Bank
from server.services.errors import Refused
from server.services.quizzes import composing, questions
from server.services.quizzes.questions import Entry
from tests.server.quiz_parts import definitions, make_quiz, make_session, single, write_bank


@pytest.fixture
def bank(tmp_path: Path) -> Bank:
    """A bank of one topic with five questions."""
    write_bank(tmp_path, definitions(5))
    return Bank(tmp_path)


@pytest.fixture
def quiz(s: Session, course) -> Quiz:
    return composing.create_quiz(s, course, "Week 3")


def every_entry(s: Session, course, bank: Bank) -> list[Entry]:
    return [entry for group in questions.groups(s, course, bank) for entry in group.entries]


def names(quiz: Quiz) -> list[list[str]]:
    return [[item.definition["id"] for item in part.items] for part in quiz.parts]


def test_questions_of_the_bank_and_the_courses_own_are_copied(s: Session, course, quiz, bank):
    s.add(CourseQuestion(course=course, name="mine", definition=single("mine")))
    s.flush()
    composing.add_items(s, quiz.parts[0], every_entry(s, course, bank))
    s.commit()
    s.expire_all()
    assert names(quiz) == [["mine", "q1", "q2", "q3", "q4", "q5"]]
    assert [item.origin for item in quiz.parts[0].items][:2] == ["own/mine", "04-conv-forward/q1"]
    assert [item.position for item in quiz.parts[0].items] == list(range(6))


def test_a_question_is_in_a_quiz_once(s: Session, course, quiz, bank):
    chosen = every_entry(s, course, bank)
    assert len(composing.add_items(s, quiz.parts[0], chosen[:2])) == 2
    second = composing.add_part(s, quiz)
    assert len(composing.add_items(s, second, chosen)) == 3
    assert names(quiz) == [["q1", "q2"], ["q3", "q4", "q5"]]


def test_a_form_that_is_sent_twice_makes_one_quiz_and_one_part(s: Session, course, quiz):
    again = composing.create_quiz(s, course, "Week 4", after=quiz.id)
    assert composing.create_quiz(s, course, "Week 4", after=quiz.id) is again
    assert composing.create_quiz(s, course, "Week 4", after=again.id) is not again
    copy = composing.duplicate(s, quiz, after=again.id)
    assert composing.duplicate(s, quiz, after=again.id) is copy
    assert copy.title == "Week 3 (copy)"
    last = quiz.parts[-1].id
    part = composing.add_part(s, quiz, after=last)
    assert composing.add_part(s, quiz, after=last) is part
    assert len(quiz.parts) == 2


def test_questions_are_moved_by_buttons(s: Session, course):
    quiz = make_quiz(s, course, 4)
    first, *_, last = quiz.parts[0].items
    composing.move_item(s, first, 1, seen=0)
    composing.move_item(s, first, 1, seen=0)
    assert names(quiz) == [["q2", "q1", "q3", "q4"]]
    composing.move_item(s, last, -1)
    composing.move_item(s, last, -1)
    composing.move_item(s, last, -1)
    composing.move_item(s, last, -1)
    s.commit()
    s.expire_all()
    assert names(quiz) == [["q4", "q2", "q1", "q3"]]
    assert [item.position for item in quiz.parts[0].items] == [0, 1, 2, 3]


def test_parts_are_moved_and_removed_with_their_questions(s: Session, course):
    quiz = make_quiz(s, course, 3)
    second = composing.add_part(s, quiz)
    composing.move_to_part(s, quiz.parts[0].items[1], second)
    composing.change_part(s, second, title=" The  pool ", pick=1)
    assert names(quiz) == [["q1", "q3"], ["q2"]]
    composing.move_part(s, second, -1)
    assert names(quiz) == [["q2"], ["q1", "q3"]]
    assert quiz.parts[0].title == "The pool"
    composing.remove_part(s, quiz.parts[0])
    composing.remove_part(s, quiz.parts[0])
    s.commit()
    s.expire_all()
    assert names(quiz) == [[]]
    assert s.scalar(select(func.count(QuizItem.id))) == 0


def test_a_pool_asks_as_many_as_it_has_at_most(s: Session, course):
    quiz = make_quiz(s, course, 4)
    part = quiz.parts[0]
    for pick in (0, -1, 5):
        with pytest.raises(Refused, match="This part has 4 questions"):
            composing.change_part(s, part, title="", pick=pick)
    composing.change_part(s, part, title="", pick=3)
    assert composing.question_count(quiz) == 3
    composing.remove_item(s, part.items[0])
    composing.remove_item(s, part.items[0])
    assert (part.pick, composing.question_count(quiz)) == (2, 2)


def test_the_points_of_a_paper_differ_where_a_pools_questions_do(s: Session, course):
    quiz = make_quiz(s, course, 4, pick=2)
    assert composing.points_of(quiz) == (2.0, 2.0)
    composing.set_points(s, quiz.parts[0].items[1], 2.5)
    assert composing.points_of(quiz) == (2.0, 3.5)
    for points in (0.0, -1.0, 100.5, float("nan")):
        with pytest.raises(Refused, match="Points lie"):
            composing.set_points(s, quiz.parts[0].items[1], points)


def test_a_copy_stands_alone(s: Session, course):
    quiz = make_quiz(s, course, 3, pick=2, numbers=Numbers.SAME)
    copy = composing.duplicate(s, quiz)
    composing.remove_item(s, quiz.parts[0].items[0])
    s.commit()
    s.expire_all()
    assert names(copy) == [["q1", "q2", "q3"]]
    assert (copy.numbers, copy.parts[0].pick, copy.course_id) == (Numbers.SAME, 2, course.id)


def test_a_quiz_with_sessions_is_not_deleted(s: Session, course):
    quiz = make_quiz(s, course, 2)
    make_session(s, quiz)
    with pytest.raises(Refused, match="has sessions"):
        composing.delete(s, quiz)
    other = make_quiz(s, course, 2)
    composing.delete(s, other)
    s.commit()
    assert composing.quizzes_of(s, course) == [quiz]


def test_a_text_that_changed_in_the_bank_is_found_and_taken(s: Session, course, quiz, tmp_path):
    write_bank(tmp_path, definitions(2))
    composing.add_items(s, quiz.parts[0], every_entry(s, course, Bank(tmp_path)))
    first, second = quiz.parts[0].items
    composing.set_points(s, first, 4.0)
    write_bank(tmp_path, [definitions(2)[0] | {"stem": "A better question?"}])
    changed = Bank(tmp_path)
    s.commit()
    s.expire_all()
    newer = composing.newer(s, changed, first)
    assert newer is not None
    assert newer.stem == "A better question?"
    assert composing.newer(s, changed, second) is None, "what is gone from the bank stays in the quiz"
    composing.refresh(s, first, newer)
    s.commit()
    assert composing.newer(s, changed, first) is None
    assert (first.definition["stem"], first.points) == ("A better question?", 4.0)


@pytest.mark.parametrize("title", ["", "  ", "x" * 201, "a\x00b"])
def test_a_title_is_needed(s: Session, course, title):
    with pytest.raises(Refused, match="needs a title"):
        composing.create_quiz(s, course, title)
