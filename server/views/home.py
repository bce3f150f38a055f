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

pages = Blueprint("home", __name__)


@dataclass(frozen=True, slots=True)
class Section:
    """A course on the first page, with the person's line of its assignments."""

    course: Course
    is_lecturer: bool
    rows: list[tuple[Column, Cell | None]]


@pages.get("/")
@login_required
def index() -> str:
    """Every course of the signed-in person."""
    sections = [_section(member.course, member.role) for member in courses.courses_of(db(), person())]
    return render_template("home/index.html", sections=sections, person=person(), now=utcnow())


def _section(course: Course, role: EnrolmentRole) -> Section:
    is_lecturer = role is EnrolmentRole.LECTURER
    rows = standing(db(), course, person(), catalogue().assignments())
    return Section(course, is_lecturer, [row for row in rows if is_lecturer or row[0].published.is_visible])
