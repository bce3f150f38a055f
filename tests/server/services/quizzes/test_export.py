"""The results as a table, which the item analysis of the command line reads as it is."""

from __future__ import annotations

from io import BytesIO

import openpyxl
import pytest
from sqlalchemy.orm import Session

from server.models import Course, Numbers, Person, QuizSession
from server.quiz.analysis import analyse
from server.quiz.analysis.table import read_marks
from server.quiz.correction import Correction, Remedy
from server.quiz.spreadsheet import write_table
from server.services.quizzes.clock import Phase
from server.services.quizzes.export import file_name, result_rows
from server.services.quizzes.results import marks
from tests.server import quiz_parts as parts


@pytest.fixture
def session(s: Session, course: Course, student: Person) -> QuizSession:
    """Four of five questions for each of thirty, worth one and two points, with parts of points in them."""
    quiz = parts.make_quiz(s, course, 5, pick=4, numbers=Numbers.EACH)
    session = parts.make_session(s, quiz, phase=Phase.CLOSED)
    session.items[1].points = 2.0
    for place in range(30):
        who = student if place == 0 else None
        participant = parts.join(s, session, str(100_001 + place), who, seed=place)
        for position in range(place % 5):
            key = parts.key_of(participant, position)
            parts.answer(s, participant, position, key.picked[:1], key.text)
    return session


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_analysis_of_the_exported_table_is_the_pages(s, session, kind):
    found = marks(s, session)
    table = read_marks(write_table(result_rows(found, with_names=True), kind), {})
    again = analyse(table.marks, table.maxima, table.names)
    assert again.quiz.n == 30
    for ours, theirs in zip(found.analysis.items, again.items, strict=True):
        assert theirs.name == ours.name
        assert theirs.facility == pytest.approx(ours.facility)
        assert theirs.discrimination_index == pytest.approx(ours.discrimination_index, abs=1e-4)
    assert again.quiz.cic == pytest.approx(found.quiz.cic, abs=1e-4)


def test_a_question_that_somebody_did_not_get_is_empty_and_not_0(s, session):
    rows = result_rows(marks(s, session))
    assert all(row[1:6].count(None) == 1 for row in rows[1:])


def test_a_dropped_question_says_so_and_is_in_no_total(s, session):
    session.items[1].correction = Correction(Remedy.DROPPED, reason="?").to_dict()
    s.flush()
    header, *lines = result_rows(marks(s, session))
    assert header[2] == "Q2 About q2 (dropped) /2"
    assert all(line[2] is None for line in lines)
    assert {line[-2] for line in lines} <= {3, 4}


def test_names_stand_where_they_are_known_and_asked_for(s, session):
    header, first, second, *_ = result_rows(marks(s, session), with_names=True)
    assert header[:2] == ["number", "name"]
    assert (first[1], second[1]) == ("Ada", "")


def test_a_number_that_a_spreadsheet_would_run_is_text(s, course):
    session = parts.make_session(s, parts.make_quiz(s, course, 1, title="=1+1"), phase=Phase.CLOSED)
    parts.join(s, session, "=cmd()")
    rows = result_rows(marks(s, session))
    assert "'=cmd()" in write_table(rows, "csv").decode("utf-8-sig")
    sheet = openpyxl.load_workbook(BytesIO(write_table(rows, "xlsx"))).active
    assert sheet["A2"].data_type == "s"


def test_the_file_says_which_session_it_is_of(s, session):
    name = file_name(marks(s, session), "csv")
    assert name.startswith(f"cnn-2026-quiz-{session.code}-20")
    assert name.endswith(".csv")
