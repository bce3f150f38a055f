"""The lecturer's table: students by assignments, with the best score handed in on time, and by quizzes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Row, Subquery, case, func, or_, select
from sqlalchemy.orm import Session

from grader.contract import Assignment
from server.models import Course, CourseAssignment, Enrolment, EnrolmentRole, Person, State, Submission
from server.quiz.spreadsheet import Cell as Value
from server.services.quizzes.grades import QuizCell, QuizColumn, quiz_columns
from server.services.submissions import WAITING


@dataclass(frozen=True, slots=True)
class Column:
    """A published assignment. `assignment` is None when its folder is gone; its scores are still shown."""

    published: CourseAssignment
    assignment: Assignment | None

    @property
    def title(self) -> str:
        """The assignment's title."""
        return self.assignment.title if self.assignment else self.published.assignment

    @property
    def points(self) -> float | None:
        """What the assignment is worth in this course; None when neither the course nor a folder says."""
        if self.published.points is not None:
            return self.published.points
        return self.assignment.points if self.assignment else None


@dataclass(frozen=True, slots=True)
class Cell:
    """What one student reached in one assignment.

    `score` is in the course's points, of `max_score`; None while nothing handed in on time is graded. `state` is that
    of the newest submission, `best_id` the submission that the score comes from, `flagged` how many have
    places that are worth the staff's look.
    """

    score: float | None
    max_score: float | None
    state: State
    submissions: int
    late: int
    is_waiting: bool
    best_id: int | None
    newest_id: int
    flagged: int

    @property
    def ratio(self) -> float | None:
        """The score as a part of what can be reached, from 0 to 1."""
        return None if self.score is None or not self.max_score else self.score / self.max_score


@dataclass(frozen=True, slots=True)
class Line:
    """A student, a cell per assignment (None: nothing was handed in) and a cell per quiz (None: did not take part)."""

    person: Person
    cells: tuple[Cell | None, ...]
    quizzes: tuple[QuizCell | None, ...] = ()

    @property
    def total(self) -> float:
        """The sum of the scores, quizzes included."""
        handed_in = sum(cell.score for cell in self.cells if cell and cell.score is not None)
        return handed_in + sum(cell.score for cell in self.quizzes if cell)

    @property
    def flagged(self) -> int:
        """How many of the student's submissions have places that are worth a look."""
        return sum(cell.flagged for cell in self.cells if cell)


@dataclass(frozen=True, slots=True)
class Gradebook:
    """The table: a column per published assignment, one per quiz that is over, a line per student, all in order."""

    course: Course
    columns: tuple[Column, ...]
    lines: tuple[Line, ...]
    quizzes: tuple[QuizColumn, ...] = ()

    @property
    def points(self) -> float:
        """What can be reached in all."""
        return sum(column.points or 0.0 for column in self.columns) + sum(quiz.points for quiz in self.quizzes)


def gradebook(s: Session, course: Course, assignments: Mapping[str, Assignment]) -> Gradebook:
    """Read the whole table of a course in three queries, and a few for each quiz, however many students there are."""
    columns, quizzes = _columns(s, course, assignments), quiz_columns(s, course)
    students = s.scalars(
        select(Person)
        .join(Enrolment, Enrolment.person_id == Person.id)
        .where(Enrolment.course_id == course.id, Enrolment.role == EnrolmentRole.STUDENT)
        .order_by(Person.number)
    )
    cells = _cells(s, columns)
    lines = (
        Line(
            each,
            tuple(cells.get((each.id, column.published.id)) for column in columns),
            tuple(quiz.cell(each) for quiz in quizzes),
        )
        for each in students
    )
    return Gradebook(course, columns, tuple(lines), quizzes)


def standing(
    s: Session, course: Course, person: Person, assignments: Mapping[str, Assignment]
) -> list[tuple[Column, Cell | None]]:
    """One person's line of the table, with its columns, in two queries. A lecturer who tries one has a line too."""
    columns = _columns(s, course, assignments)
    cells = _cells(s, columns, person)
    return [(column, cells.get((person.id, column.published.id))) for column in columns]


def table_rows(table: Gradebook) -> list[list[Value]]:
    """The table for a spreadsheet: a header, then a line a student. What somebody did not take part in is empty."""
    header: list[Value] = ["number", "name", "email"]
    header += [_heading(column.published.assignment, column.points) for column in table.columns]
    header += [_heading(f"quiz {quiz.session.title}", quiz.points) for quiz in table.quizzes]
    return [[*header, _heading("total", table.points)], *(_row(line) for line in table.lines)]


def _columns(s: Session, course: Course, assignments: Mapping[str, Assignment]) -> tuple[Column, ...]:
    published = s.scalars(
        select(CourseAssignment).where(CourseAssignment.course_id == course.id).order_by(CourseAssignment.assignment)
    )
    return tuple(Column(each, assignments.get(each.assignment)) for each in published)


def _cells(s: Session, columns: tuple[Column, ...], person: Person | None = None) -> dict[tuple[int, int], Cell]:
    points = {column.published.id: column.points for column in columns}
    ranked = _ranked(list(points), person)
    rows = s.execute(select(ranked).where(or_(ranked.c.best_rank == 1, ranked.c.newest_rank == 1)))
    pairs: dict[tuple[int, int], dict[str, Row]] = {}
    for row in rows:
        pair = pairs.setdefault((row.person_id, row.course_assignment_id), {})
        if row.best_rank == 1 and row.counts:
            pair["best"] = row
        if row.newest_rank == 1:
            pair["newest"] = row
    return {key: _cell(pair["newest"], pair.get("best"), points[key[1]]) for key, pair in pairs.items()}


def _ranked(published: list[int], person: Person | None) -> Subquery:
    """Every submission (of one person, or of all) with its rank by score and by age among those of its assignment."""
    counts = case(
        (Submission.score.is_not(None) & Submission.is_late.is_(False) & (Submission.max_score > 0), 1), else_=0
    )
    ratio = case((counts == 1, Submission.score / Submission.max_score), else_=-1.0)
    same = {"partition_by": (Submission.course_assignment_id, Submission.person_id)}
    return (
        select(
            Submission.id,
            Submission.course_assignment_id,
            Submission.person_id,
            Submission.state,
            Submission.score,
            Submission.max_score,
            counts.label("counts"),
            func.count().over(**same).label("submissions"),
            func.sum(case((Submission.is_late, 1), else_=0)).over(**same).label("late"),
            func.sum(case((Submission.state.in_(WAITING), 1), else_=0)).over(**same).label("waiting"),
            func.sum(case((Submission.flags > 0, 1), else_=0)).over(**same).label("flagged"),
            func.row_number().over(**same, order_by=(ratio.desc(), Submission.id)).label("best_rank"),
            func.row_number().over(**same, order_by=Submission.id.desc()).label("newest_rank"),
        )
        .where(Submission.course_assignment_id.in_(published), *([Submission.person_id == person.id] if person else []))
        .subquery()
    )


def _cell(newest: Row, best: Row | None, points: float | None) -> Cell:
    if points is None and best is not None:
        points = best.max_score
    return Cell(
        score=None if best is None else best.score / best.max_score * points,
        max_score=points,
        state=newest.state,
        submissions=newest.submissions,
        late=newest.late,
        is_waiting=newest.waiting > 0,
        best_id=None if best is None else best.id,
        newest_id=newest.id,
        flagged=newest.flagged,
    )


def _heading(name: str, points: float | None) -> str:
    return f"{name} ({'' if points is None else _rounded(points)})"


def _row(line: Line) -> list[Value]:
    person: list[Value] = [line.person.number, line.person.name or "", line.person.email or ""]
    scores = [None if cell is None else _rounded(cell.score) for cell in (*line.cells, *line.quizzes)]
    return [*person, *scores, _rounded(line.total)]


def _rounded(score: float | None) -> float | int | None:
    """To hundredths, and whole numbers without decimals."""
    if score is None:
        return None
    rounded = round(float(score), 2)
    return int(rounded) if rounded.is_integer() else rounded
