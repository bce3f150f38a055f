"""Who is in a course: enrolling a list, one-time codes, and taking people out."""

from __future__ import annotations

import re

import structlog
from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask_login import login_required

from server.context import db
from server.forms import RosterForm
from server.login import person
from server.models import Course, EnrolmentRole, Person
from server.services import accounts, courses
from server.services.courses import RosterReport
from server.services.errors import RosterRefused
from server.views.access import lecturers_course

pages = Blueprint("roster", __name__, url_prefix="/courses/<slug>/roster")
log = structlog.get_logger(__name__)

REFUSED = 422


@pages.get("/")
@login_required
def index(slug: str) -> str:
    """Everybody in the course, and the form to enrol more."""
    return _render(lecturers_course(slug), RosterForm(formdata=None))


@pages.post("/")
@login_required
def enrol(slug: str) -> str | tuple[str, int]:
    """Enrol a list, and report line by line what became of it."""
    course = lecturers_course(slug)
    form = RosterForm()
    text, problem = _roster_text(form)
    try:
        report = None if problem else courses.enrol_roster(db(), course, text)
    except RosterRefused as refusal:
        db().rollback()
        report, problem = None, refusal.message
    if report is None:
        form.text.errors = [problem or ""]
        form.text.data = text
        return _render(course, form), REFUSED
    db().commit()
    if report.refused:
        form.text.data = text
    return _render(course, form if report.refused else RosterForm(formdata=None), report)


@pages.post("/codes")
@login_required
def codes(slug: str) -> str | Response:
    """Make one-time codes: for one member, or for every student without a password. They are shown this once."""
    course = lecturers_course(slug)
    wanted = request.form.get("person", "")
    if wanted == "all":
        people = [each.person for each in courses.members(db(), course) if _needs_code(each.person, each.role)]
    else:
        people = [_member(course, wanted)]
    allowed = [each for each in people if _may_issue(each)]
    if not allowed:
        flash(_nobody(people), "warning")
        return redirect(url_for("roster.index", slug=slug), 303)
    issued = [(each, accounts.issue_code(db(), each)) for each in allowed]
    db().commit()
    log.info("codes issued", course=course.slug, by=person().number, people=[each.number for each in allowed])
    return render_template("roster/codes.html", course=course, codes=issued, back=url_for("roster.index", slug=slug))


@pages.post("/remove")
@login_required
def remove(slug: str) -> Response:
    """Take somebody out of the course. Their submissions stay."""
    course = lecturers_course(slug)
    found = _member(course, request.form.get("person", ""))
    if found.id == person().id:
        flash("You cannot take yourself out of a course. Ask an administrator.", "warning")
    else:
        courses.unenrol(db(), course, found)
        db().commit()
        flash(f"{found.number} is no longer in the course. Enrol the number again to take that back.")
    return redirect(url_for("roster.index", slug=slug), 303)


def _roster_text(form: RosterForm) -> tuple[str, str | None]:
    """The list as text, and what is wrong with it if it cannot be read. A file goes before the field."""
    upload = form.file.data
    if not upload or not upload.filename:
        return form.text.data or "", None
    content = upload.stream.read()
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text, None
    return form.text.data or "", f"{upload.filename} is no text file. Export the list as CSV and upload that."


def _member(course: Course, person_id: str) -> Person:
    found = db().get(Person, int(person_id)) if re.fullmatch(r"[0-9]{1,9}", person_id) else None
    if found is None or not courses.is_enrolled(db(), course, found):
        abort(404)
    return found


def _needs_code(each: Person, role: EnrolmentRole) -> bool:
    return role is EnrolmentRole.STUDENT and each.password_hash is None and each.is_active


def _may_issue(each: Person) -> bool:
    """Whether the signed-in lecturer may make a code for somebody: it signs in as them, so never as other staff.

    Anybody's number can be put on a roster; without this rule, a lecturer could take over an administrator's account.
    """
    if person().is_admin:
        return each.is_active
    is_staff = each.is_admin or any(m.role is EnrolmentRole.LECTURER for m in courses.courses_of(db(), each))
    return each.is_active and not is_staff


def _nobody(people: list[Person]) -> str:
    if not people:
        return "Every student of this course has a password already. To replace a forgotten one, issue a single code."
    return "Codes for staff accounts are made by an administrator."


def _render(course: Course, form: RosterForm, report: RosterReport | None = None) -> str:
    members = courses.members(db(), course)
    return render_template(
        "roster/index.html",
        course=course,
        form=form,
        report=report,
        members=members,
        without_password=sum(_needs_code(each.person, each.role) for each in members),
        me=person(),
    )
