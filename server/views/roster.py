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
from server.services.codes import waiting_for_codes
from server.services.errors import RosterRefused
from server.services.roster import RosterReport, text_of
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
    text = form.text.data or ""
    try:
        text = _list(form)
        report = courses.enrol_roster(db(), course, text)
    except RosterRefused as refusal:
        db().rollback()
        form.text.errors = [refusal.message]
        form.text.data = text
        return _render(course, form), REFUSED
    db().commit()
    if report.refused:
        form.text.data = text
    return _render(course, form if report.refused else RosterForm(formdata=None), report)


@pages.post("/codes")
@login_required
def codes(slug: str) -> str | Response:
    """Make one-time codes: for a member, for those who have no way in (`new`), or for all without a password (`all`).

    They are shown this once.
    """
    course = lecturers_course(slug)
    wanted = request.form.get("person", "")
    if wanted in ("new", "all"):
        waiting = waiting_for_codes(db(), course)
        people = list(waiting.without_code if wanted == "new" else waiting.people)
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


def _list(form: RosterForm) -> str:
    """The list as text; a file goes before the field. Raises RosterRefused."""
    upload = form.file.data
    if not upload or not upload.filename:
        return form.text.data or ""
    return text_of(upload.stream.read(), upload.filename)


def _member(course: Course, person_id: str) -> Person:
    found = db().get(Person, int(person_id)) if re.fullmatch(r"[0-9]{1,9}", person_id) else None
    if found is None or not courses.is_enrolled(db(), course, found):
        abort(404)
    return found


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
        return "Every student of this course has a password or a code already. To replace one, issue a single code."
    return "Codes for staff accounts are made by an administrator."


def _render(course: Course, form: RosterForm, report: RosterReport | None = None) -> str:
    members = courses.members(db(), course)
    return render_template(
        "roster/index.html",
        course=course,
        form=form,
        report=report,
        members=members,
        waiting=waiting_for_codes(db(), course),
        me=person(),
    )
