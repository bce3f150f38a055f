"""Which assignments a course publishes: from when, until when, for how many points, and whether students see them."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, Response, abort, flash, redirect, render_template, url_for
from flask_login import login_required

from grader.contract import GRADE_GPU, Assignment
from server.context import catalogue, db
from server.forms import PublishForm
from server.models import Course, CourseAssignment
from server.rendering.numbers import points
from server.services import courses, graders
from server.services.errors import Refused
from server.views.access import lecturers_course

pages = Blueprint("publishing", __name__, url_prefix="/courses/<slug>/publishing")

REFUSED = 422


@dataclass(frozen=True, slots=True)
class Offer:
    """An assignment folder, how the course publishes it (None: not yet), and the form that changes that."""

    name: str
    assignment: Assignment | None
    published: CourseAssignment | None
    form: PublishForm
    problem: str | None


@pages.get("/")
@login_required
def index(slug: str) -> str:
    """Every assignment folder of this installation."""
    return _render(lecturers_course(slug))


@pages.post("/<name>")
@login_required
def publish(slug: str, name: str) -> Response | tuple[str, int]:
    """Publish one assignment, or change how it is published."""
    course = lecturers_course(slug)
    assignment = catalogue().get(name)
    if assignment is None:
        abort(404)
    form = PublishForm(prefix=name)
    if not form.validate_on_submit():
        return _render(course, name, form), REFUSED
    try:
        courses.publish(db(), course, assignment, **form.values())
    except Refused as refusal:
        db().rollback()
        form.due_at.errors = [refusal.message]
        return _render(course, name, form), REFUSED
    db().commit()
    flash(f"{assignment.title} is saved.", "success")
    return redirect(url_for("publishing.index", slug=slug, _anchor=name), 303)


def _render(course: Course, refused_name: str | None = None, refused: PublishForm | None = None) -> str:
    known, broken = catalogue().assignments(), catalogue().broken()
    published = {each.assignment: each for each in course.assignments}
    offers = []
    for name in sorted({*known, *broken, *published}):
        form = refused if refused is not None and name == refused_name else _form(name, published.get(name))
        if name in known:
            form.points.render_kw = {**form.points.render_kw, "placeholder": points(known[name].points)}
        problem = broken.get(name) or (None if name in known else "The folder is missing on the server.")
        offers.append(Offer(name, known.get(name), published.get(name), form, problem))
    gpu_seen = graders.last_begun(db(), GRADE_GPU)
    return render_template(
        "publishing/index.html", course=course, offers=offers, opened=refused_name, gpu_seen=gpu_seen
    )


def _form(name: str, published: CourseAssignment | None) -> PublishForm:
    if published is None:
        return PublishForm(formdata=None, prefix=name, data={"is_visible": True})
    return PublishForm(formdata=None, prefix=name, obj=published)
