"""Quizzes in the gradebook: the timed ones that are over, with everybody who took part."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from server.models import Course, Mode, Numbers, Person, QuizSession
from server.quiz.correction import Correction, Remedy
from server.services.gradebook import gradebook, table_rows
from server.services.quizzes.clock import Phase
from server.services.quizzes.grades import quiz_columns, quizzes_of_student
from tests.server import quiz_parts as parts


def taken(s: Session, course: Course, number: str, mode: Mode = Mode.TIMED, phase: Phase = Phase.CLOSED) -> QuizSession:
    """A session of two questions in which `number` has the first one right."""
    quiz = parts.make_quiz(s, course, [parts.single(), parts.true_false()], numbers=Numbers.SAME)
    session = parts.make_session(s, quiz, mode, phase, shuffles_questions=False)
    parts.answer(s, parts.join(s, session, number), 0, (1,))
    return session


def test_a_session_that_is_over_is_a_column_with_its_cells(s, course, student: Person):
    session = taken(s, course, student.number)
    (column,) = quiz_columns(s, course)
    assert (column.session.id, column.points, column.mean, column.is_released) == (session.id, 2.0, 1.0, False)
    cell = column.cell(student)
    assert (cell.score, cell.max_score) == (1.0, 2.0)


def test_a_number_counts_however_its_letters_are_written(s, course):
    from server.services import accounts

    person = accounts.create_person(s, "S77A")
    taken(s, course, "s77a")
    assert quiz_columns(s, course)[0].cell(person).score == 1.0


@pytest.mark.parametrize(
    ("mode", "phase"),
    [(Mode.TIMED, Phase.OPEN), (Mode.TIMED, Phase.PAUSED), (Mode.PACED, Phase.CLOSED)],
)
def test_what_runs_or_was_paced_in_the_lecture_is_no_column(s, course, student, mode, phase):
    taken(s, course, student.number, mode, phase)
    assert quiz_columns(s, course) == ()
    assert quizzes_of_student(s, course, student) == []


def test_a_session_that_nobody_joined_is_no_column(s, course):
    parts.make_session(s, parts.make_quiz(s, course, 1), phase=Phase.CLOSED)
    assert quiz_columns(s, course) == ()


def test_quizzes_are_in_the_total_and_in_the_table(s, course, student, assignments):
    taken(s, course, student.number)
    taken(s, course, student.number, Mode.WINDOW)
    table = gradebook(s, course, assignments)
    assert (table.points, table.lines[0].total) == (4.0, 2.0)
    header, line = table_rows(table)
    assert header[-3:] == ["quiz Kernels and strides (2)", "quiz Kernels and strides (2)", "total (4)"]
    assert line[-3:] == [1, 1, 2]


def test_who_was_away_has_no_cell(s, course, student, assignments):
    taken(s, course, "100009")
    table = gradebook(s, course, assignments)
    assert table.lines[0].quizzes == (None,)
    assert table.lines[0].total == 0.0


def test_a_correction_changes_the_gradebook_at_once(s, course, student, assignments):
    session = taken(s, course, student.number)
    session.items[1].correction = Correction(Remedy.FULL_MARKS, reason="?").to_dict()
    s.flush()
    assert gradebook(s, course, assignments).lines[0].total == 2.0
    (result,) = quizzes_of_student(s, course, student)
    assert result.mark == 2.0
