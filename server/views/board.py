"""The board of a timed assignment: who is how fast, one's own history, and one's name there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask_login import login_required

from grader.contract import Assignment, Benchmark
from server.board_forms import AliasForm
from server.context import db
from server.login import person
from server.models import Course, CourseAssignment, EnrolmentRole, TimingState, utcnow
from server.rendering.board_rows import board_of, history_of, verified
from server.rendering.board_words import method_word
from server.services import board, board_audit, submissions, timing
from server.services.board_standing import standing
from server.services.errors import Refused
from server.views.access import course_of, published_in, usable_assignment

pages = Blueprint("board", __name__, url_prefix="/courses/<slug>/assignments/<name>/board")

REFUSED = 422
DEVICES = {"cpu": "Processors", "gpu": "Graphics processors"}


@dataclass(frozen=True, slots=True)
class Place:
    """The board that a request is about, and who asks."""

    course: Course
    published: CourseAssignment
    assignment: Assignment
    benchmark: Benchmark
    is_staff: bool
    kind: str
    kinds: list[str]


@pages.get("/")
@login_required
def index(slug: str, name: str) -> str:
    """The board, for one kind of device."""
    return _page(_place(slug, name))


@pages.post("/name")
@login_required
def rename(slug: str, name: str) -> Response | tuple[str, int]:
    """Change what one is called on the boards of the course."""
    here, form = _place(slug, name), AliasForm()
    if form.validate_on_submit():
        try:
            board.set_alias(db(), here.course, person(), form.alias.data)
        except Refused as refusal:
            db().rollback()
            form.alias.errors = [refusal.message]
        else:
            db().commit()
            flash("Your name on the boards is saved.", "success")
            return _back(here, "name")
    return _page(here, form), REFUSED


@pages.post("/listing")
@login_required
def listing(slug: str, name: str) -> Response:
    """Leave the boards of the course, or stand on them."""
    here = _place(slug, name)
    wanted = request.form.get("listed")
    if wanted not in ("yes", "no"):
        abort(400)
    board.set_listed(db(), here.course, person(), is_listed=wanted == "yes")
    db().commit()
    told = "You stand on the boards of this course." if wanted == "yes" else "You have left the boards of this course."
    flash(told, "success")
    return _back(here, "name")


@pages.post("/verify")
@login_required
def verify(slug: str, name: str) -> Response:
    """Time the top ten again."""
    here = _staff_place(slug, name)
    runs = board.verify_top(db(), here.published, here.assignment, person())
    db().commit()
    _tell(
        len(runs), "Verified again: {} of the top ten. What comes is compared below.", "They wait to be timed already."
    )
    return _back(here)


@pages.post("/methods")
@login_required
def measure(slug: str, name: str) -> Response:
    """Time the known methods."""
    here = _staff_place(slug, name)
    runs = timing.request_methods(db(), here.published, here.assignment, person())
    db().commit()
    _tell(len(runs), "To be measured: {} known methods.", "The known methods wait to be measured already.")
    return _back(here)


def _tell(count: int, words: str, none: str) -> None:
    flash(words.format(count) if count else none, "success" if count else "warning")


def _back(here: Place, anchor: str | None = None) -> Response:
    return redirect(
        url_for("board.index", slug=here.course.slug, name=here.assignment.id, device=here.kind, _anchor=anchor), 303
    )


def _staff_place(slug: str, name: str) -> Place:
    here = _place(slug, name)
    if not here.is_staff:
        abort(404)
    return here


def _place(slug: str, name: str) -> Place:
    """The board of a timed assignment. 404 where there is none, where it is not open, and for an unknown device."""
    course, role = course_of(slug)
    published = published_in(course, role, name)
    assignment = usable_assignment(published)
    is_staff = role is EnrolmentRole.LECTURER
    if assignment.benchmark is None or not (is_staff or published.opens_at is None or published.opens_at <= utcnow()):
        abort(404)
    default = "gpu" if assignment.gpu else "cpu"
    kinds = sorted({default, *board.device_kinds(db(), published)})
    kind = request.args.get("device", default)
    if kind not in kinds:
        abort(404)
    return Place(course, published, assignment, assignment.benchmark, is_staff, kind, kinds)


def _page(here: Place, form: AliasForm | None = None) -> str:
    rows = board.entries(db(), here.published, here.assignment, person(), here.kind, is_staff=here.is_staff)
    own = standing(db(), here.published, person())
    alias = own.name.alias if own.name else ""
    drawn = board_of(rows, here.benchmark)
    return render_template(
        "board/index.html",
        here=here,
        course=here.course,
        published=here.published,
        title=here.assignment.title,
        reference=method_word(here.benchmark.reference),
        devices=sorted({row.device_name for row in rows if row.device_name}),
        device_words=DEVICES,
        people=sum(not row.is_method for row in rows),
        has_own=any(row.is_own for row in rows),
        rows=drawn.rows,
        scale=drawn.scale,
        own=own,
        name_form=form or AliasForm(formdata=None, data={"alias": alias}),
        **_history(here),
        **(_staff(here) if here.is_staff else {}),
    )


def _history(here: Place) -> dict[str, Any]:
    """One's own timings on this kind of device, with the numbers that one's submissions have on the pages."""
    handed_in = submissions.history(db(), here.published, person())[::-1]
    numbers = {submission.id: number for number, submission in enumerate(handed_in, 1)}
    runs = [run for run in board.history(db(), here.published, person()) if run.device_kind == here.kind]
    steps, chart = history_of(runs, numbers, here.benchmark)
    return {"history": steps, "chart": chart}


def _staff(here: Place) -> dict[str, Any]:
    runs = board_audit.unfinished(db(), here.published)
    return {
        "waiting": sum(run.state is not TimingState.FAILED for run in runs),
        "failed": [run for run in runs if run.state is TimingState.FAILED],
        "repeated": [verified(pair) for pair in board_audit.repeated(db(), here.published)],
    }
