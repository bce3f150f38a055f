"""The lecturer's table, its export, and everything that one student handed in."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, Response, abort, make_response, render_template, request
from flask_login import login_required

from server.context import catalogue, db
from server.models import CourseAssignment, Person, Submission, utcnow
from server.quiz.spreadsheet import TYPES, write_table
from server.services import courses, submissions
from server.services.gradebook import Gradebook, gradebook, table_rows
from server.services.quizzes.grades import quizzes_of_student
from server.views.access import lecturers_course

pages = Blueprint("gradebook", __name__, url_prefix="/courses/<slug>")


@dataclass(frozen=True, slots=True)
class Summary:
    """What a column says at a glance: who handed in, who has full marks, and the mean of those who did."""

    handed_in: int
    full: int
    waiting: int
    mean: float | None


@pages.get("/gradebook")
@login_required
def index(slug: str) -> str:
    """Students by assignments; with `?show=flagged` those alone whose source is worth a look."""
    course = lecturers_course(slug)
    table = gradebook(db(), course, catalogue().assignments())
    summaries = [_summary(table, position) for position in range(len(table.columns))]
    return render_template(
        "gradebook/index.html",
        course=course,
        table=table,
        summaries=summaries,
        flagged=sum(line.flagged > 0 for line in table.lines),
        only_flagged=request.args.get("show") == "flagged",
    )


@pages.get("/gradebook.<any(csv, xlsx):format_name>")
@login_required
def export(slug: str, format_name: str) -> Response:
    """The table for a spreadsheet."""
    course = lecturers_course(slug)
    rows = table_rows(gradebook(db(), course, catalogue().assignments()))
    response = make_response(write_table(rows, format_name))
    response.mimetype = TYPES[format_name]
    filename = f"{course.slug}-{utcnow():%Y-%m-%d}.{format_name}"
    response.headers["Content-Disposition"] = f'attachment; filename="{filename}"'
    return response


@pages.get("/people/<int:person_id>")
@login_required
def student(slug: str, person_id: int) -> str:
    """What one member handed in, for every assignment or for one."""
    course = lecturers_course(slug)
    found = db().get(Person, person_id) if person_id < 2**31 else None
    if found is None:
        abort(404)
    wanted = request.args.get("assignment")
    published = [each for each in course.assignments if wanted in (None, each.assignment)]
    work = [(each, submissions.history(db(), each, found)) for each in published]
    quizzes = quizzes_of_student(db(), course, found) if wanted is None else []
    # Whoever left the course keeps their work, and the lecturer can still see it; a stranger has none to see.
    if not courses.is_enrolled(db(), course, found) and not quizzes and not any(handed_in for _, handed_in in work):
        abort(404)
    return render_template(
        "gradebook/student.html",
        course=course,
        student=found,
        work=work,
        quizzes=quizzes,
        wanted=wanted,
        titles=_titles(published),
        best={each.id: _best(handed_in) for each, handed_in in work},
    )


def _summary(table: Gradebook, position: int) -> Summary:
    cells = [cell for line in table.lines if (cell := line.cells[position]) is not None]
    ratios = [cell.ratio for cell in cells if cell.ratio is not None]
    points = table.columns[position].points
    return Summary(
        handed_in=len(cells),
        full=sum(ratio >= 1 for ratio in ratios),
        waiting=sum(cell.is_waiting for cell in cells),
        mean=sum(ratios) / len(ratios) * points if ratios and points else None,
    )


def _titles(published: list[CourseAssignment]) -> dict[str, str]:
    known = catalogue().assignments()
    return {
        each.assignment: known[each.assignment].title if each.assignment in known else each.assignment
        for each in published
    }


def _best(handed_in: list[Submission]) -> Submission | None:
    counting = [each for each in handed_in if each.score is not None and each.max_score and not each.is_late]
    return max(counting, key=lambda each: (each.score / each.max_score, -each.id), default=None)
