from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

from grader.contract import Assignment
from server.models import Course, CourseAssignment, EnrolmentRole, Person, State, Submission
from server.services import accounts, courses, grading
from server.services.gradebook import Cell, gradebook, standing, table_rows

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


@contextmanager
def queries(engine: Engine) -> Iterator[list[str]]:
    seen: list[str] = []

    def note(_connection, _cursor, statement, *_):
        seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield seen
    event.remove(engine, "before_cursor_execute", note)


@pytest.fixture
def scored(s: Session, hand_in: Callable[..., Submission], make_result) -> Callable[..., Submission]:
    def scored(score: float, *, late: bool = False, person: Person | None = None) -> Submission:
        submission = hand_in(NOW, person) if person else hand_in(NOW)
        submission.is_late = late
        grading.record(s, make_result(score), submission.id, 1, now=NOW)
        s.commit()
        return submission

    return scored


@pytest.fixture
def cell(s: Session, course: Course, assignments: dict[str, Assignment]) -> Callable[[], Cell | None]:
    def cell() -> Cell | None:
        return gradebook(s, course, assignments).lines[0].cells[0]

    return cell


def test_who_handed_in_nothing_has_an_empty_cell(cell, student: Person, published: CourseAssignment):
    assert cell() is None


def test_the_best_score_counts_not_the_newest(cell, scored):
    best = scored(9.0)
    newest = scored(4.0)

    assert (cell().score, cell().max_score, cell().submissions) == (9.0, 10.0, 2)
    assert (cell().best_id, cell().newest_id) == (best.id, newest.id)


def test_of_equal_scores_the_first_counts(cell, scored):
    first, _ = scored(9.0), scored(9.0)

    assert cell().best_id == first.id


def test_late_submissions_do_not_count_but_are_told(cell, scored):
    scored(5.0)
    scored(10.0, late=True)

    assert (cell().score, cell().submissions, cell().late) == (5.0, 2, 1)


def test_who_was_late_alone_has_no_score(cell, scored):
    late = scored(10.0, late=True)

    assert (cell().score, cell().ratio, cell().best_id, cell().newest_id) == (None, None, None, late.id)


def test_a_score_of_zero_is_a_score(cell, scored):
    scored(0.0)

    assert (cell().score, cell().ratio) == (0.0, 0.0)


def test_a_failure_of_ours_is_no_score(s: Session, cell, hand_in):
    hand_in(NOW).state = State.FAILED

    assert (cell().score, cell().state) == (None, State.FAILED)


def test_waiting_is_told_beside_the_score(cell, scored, hand_in):
    scored(5.0)
    assert not cell().is_waiting
    hand_in(NOW)

    assert (cell().score, cell().is_waiting, cell().state) == (5.0, True, State.QUEUED)


def test_the_score_stands_while_it_is_regraded(s: Session, cell, scored):
    grading.regrade(s, scored(5.0), now=NOW)

    assert (cell().score, cell().is_waiting) == (5.0, True)


def test_scores_are_scaled_to_the_courses_points(s: Session, cell, scored, published: CourseAssignment):
    scored(8.0)
    published.points = 25.0

    assert (cell().score, cell().max_score, cell().ratio) == (20.0, 25.0, 0.8)


def test_an_assignment_whose_folder_is_gone_is_still_shown(s: Session, course: Course, scored):
    scored(8.0)

    table = gradebook(s, course, {})

    assert [(column.title, column.points) for column in table.columns] == [("04-conv-forward", None)]
    assert (table.lines[0].cells[0].score, table.lines[0].cells[0].max_score) == (8.0, 10.0)


def test_lines_are_the_students_and_columns_the_assignments(
    s: Session, course: Course, assignments: dict[str, Assignment], student: Person, lecturer: Person, scored
):
    courses.publish(s, course, assignments["08-pooling"], opens_at=None, due_at=None, points=None)
    courses.enrol(s, course, accounts.create_person(s, "000001"), EnrolmentRole.STUDENT)
    scored(8.0)
    scored(10.0, person=lecturer)

    table = gradebook(s, course, assignments)

    assert [column.title for column in table.columns] == ["Conv-Forward", "Pooling"]
    assert [(line.person.number, line.total) for line in table.lines] == [("000001", 0), ("100001", 8.0)]
    assert table.points == 30.0


def test_another_courses_scores_stay_there(
    s: Session, course: Course, conv: Assignment, assignments: dict[str, Assignment], student: Person, scored
):
    scored(8.0)
    other = courses.create_course(s, "other", "Other")
    courses.enrol(s, other, student, EnrolmentRole.STUDENT)
    courses.publish(s, other, conv, opens_at=None, due_at=None, points=None)

    assert gradebook(s, other, assignments).lines[0].cells == (None,)


def test_the_number_of_queries_does_not_grow_with_the_class(
    s: Session, engine: Engine, course: Course, assignments: dict[str, Assignment], scored
):
    def cost() -> int:
        s.expire_all()
        s.refresh(course)
        with queries(engine) as seen:
            table_rows(gradebook(s, course, assignments))
        return len(seen)

    scored(8.0)
    few = cost()
    for number in range(30):
        person = accounts.create_person(s, f"3{number:05}")
        courses.enrol(s, course, person, EnrolmentRole.STUDENT)
        scored(5.0, person=person)

    assert cost() == few


def test_one_persons_standing_is_their_line_of_the_table(
    s: Session, course: Course, assignments: dict[str, Assignment], student: Person, lecturer: Person, scored
):
    scored(8.0)
    scored(3.0, person=lecturer)

    ((column, cell),) = standing(s, course, student, assignments)

    assert (column.title, cell.score) == ("Conv-Forward", 8.0)
    assert cell == gradebook(s, course, assignments).lines[0].cells[0]


def test_the_export_says_the_same(
    s: Session, course: Course, assignments: dict[str, Assignment], student: Person, scored
):
    student.email = "ada@x.org"
    courses.publish(s, course, assignments["08-pooling"], opens_at=None, due_at=None, points=None)
    scored(7.125)

    assert table_rows(gradebook(s, course, assignments)) == [
        ["number", "name", "email", "04-conv-forward (10)", "08-pooling (20)", "total (30)"],
        ["100001", "Ada", "ada@x.org", 7.12, None, 7.12],
    ]


def test_many_points_are_written_in_full(s: Session, published: CourseAssignment, scored, cell, course, assignments):
    scored(10.0)
    published.points = 1234.5

    assert table_rows(gradebook(s, course, assignments))[0][3] == "04-conv-forward (1234.5)"
    assert table_rows(gradebook(s, course, assignments))[1][3] == 1234.5


def test_the_newest_by_time_of_upload_is_the_newest(cell, hand_in):
    hand_in(NOW)
    newest = hand_in(NOW + timedelta(seconds=1))

    assert cell().newest_id == newest.id
