"""Courses and lecturers' accounts, for administrators."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, render_template, url_for
from flask_login import login_required
from wtforms.fields.choices import SelectChoice

from server.context import db
from server.forms import CourseForm, LecturerForm
from server.login import person
from server.models import EnrolmentRole, Person
from server.services import accounts, courses
from server.services.errors import Refused

pages = Blueprint("admin", __name__, url_prefix="/admin")

REFUSED = 422


@pages.before_request
@login_required
def administrators_only() -> None:
    """404 for everybody who is no administrator."""
    if not person().is_admin:
        abort(404)


@pages.get("/")
def index() -> str:
    """Every course, and the forms for a course and a lecturer."""
    return _render()


@pages.post("/courses")
def create_course() -> Response | tuple[str, int]:
    """Create a course."""
    form = CourseForm()
    if not form.validate_on_submit():
        return _render(course_form=form), REFUSED
    try:
        course = courses.create_course(db(), form.slug.data.strip(), form.title.data)
    except Refused as refusal:
        db().rollback()
        form.slug.errors = [refusal.message]
        return _render(course_form=form), REFUSED
    db().commit()
    flash(f"The course {course.title} is there. Publish its assignments and enrol its students.", "success")
    return redirect(url_for("publishing.index", slug=course.slug))


@pages.post("/lecturers")
def create_lecturer() -> str | tuple[str, int]:
    """Create a lecturer's account, or make a known person a lecturer; a new one's code is shown once."""
    form = _lecturer_form()
    if not form.validate_on_submit():
        return _render(lecturer_form=form), REFUSED
    try:
        lecturer, code = _create_lecturer(form)
    except Refused as refusal:
        db().rollback()
        form.number.errors = [refusal.message]
        return _render(lecturer_form=form), REFUSED
    db().commit()
    if code is None:
        flash(f"{lecturer.number} has an account already, and teaches the course now.", "success")
        return _render()
    return render_template("roster/codes.html", codes=[(lecturer, code)], back=url_for("admin.index"), course=None)


def _create_lecturer(form: LecturerForm) -> tuple[Person, str | None]:
    course = courses.course_by_slug(db(), form.course.data)
    lecturer = accounts.person_by_number(db(), form.number.data)
    if lecturer is None:
        lecturer = accounts.create_person(db(), form.number.data, name=form.name.data, email=form.email.data)
    elif course is None:
        raise Refused(f"{lecturer.number} has an account already. Choose the course that they teach.")
    if course is not None:
        courses.enrol(db(), course, lecturer, EnrolmentRole.LECTURER)
    return lecturer, None if lecturer.password_hash else accounts.issue_code(db(), lecturer)


def _lecturer_form(**kwargs: Any) -> LecturerForm:
    form = LecturerForm(**kwargs)
    known = courses.courses_of(db(), person())
    form.course.choices = [SelectChoice("", "None yet")]
    form.course.choices += [SelectChoice(member.course.slug, member.course.title) for member in known]
    return form


def _render(course_form: CourseForm | None = None, lecturer_form: LecturerForm | None = None) -> str:
    return render_template(
        "admin/index.html",
        memberships=courses.courses_of(db(), person()),
        course_form=course_form or CourseForm(formdata=None),
        lecturer_form=lecturer_form or _lecturer_form(formdata=None),
    )
