"""My courses and my assignments: what is open, until when, and how far I am."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, render_template
from flask_login import login_required

from server.context import catalogue, db
from server.login import person
from server.models import Course, EnrolmentRole, utcnow
from server.services import courses
from server.services.gradebook import Cell, Column, standing
from server.services.quizzes.listing import Listed, coming
from server.services.quizzes.taken import Taken, taken_by

pages = Blueprint("home", __name__)


@dataclass(frozen=True, slots=True)
class Section:
    """A course on the first page: quizzes that run or come, the person's assignments, and quizzes that they took."""

    course: Course
    is_lecturer: bool
    coming: list[Listed]
    rows: list[tuple[Column, Cell | None]]
    taken: list[Taken]


@pages.get("/")
@login_required
def index() -> str:
    """Every course of the signed-in person."""
    sections = [_section(member.course, member.role) for member in courses.courses_of(db(), person())]
    return render_template("home/index.html", sections=sections, person=person(), now=utcnow())


def _section(course: Course, role: EnrolmentRole) -> Section:
    is_lecturer = role is EnrolmentRole.LECTURER
    rows = standing(db(), course, person(), catalogue().assignments())
    visible = [row for row in rows if is_lecturer or row[0].published.is_visible]
    now = utcnow()
    return Section(course, is_lecturer, coming(db(), course, now), visible, taken_by(db(), course.id, person(), now))
