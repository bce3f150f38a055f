"""What stands behind a timing, for lecturers: every sample, what it ran on, and whether its entry is shown."""

from __future__ import annotations

from flask import Blueprint, Response, abort, flash, jsonify, make_response, redirect, render_template, url_for
from flask_login import login_required

from grader.contract import Assignment, Timing
from server.board_forms import HideForm
from server.context import catalogue, db
from server.login import person
from server.models import Course, CourseAssignment, EnrolmentRole, TimingRun
from server.rendering.board_events import event_rows
from server.rendering.board_rows import told_interval
from server.rendering.board_samples import drawn_samples
from server.rendering.board_speed import Measured, is_timed, machine_rates, measured
from server.services import board, board_audit, timing
from server.services.board_standing import standing
from server.services.errors import Refused
from server.views.access import lecturers_course, published_in

pages = Blueprint("board_audit", __name__, url_prefix="/courses/<slug>/assignments/<name>/board/timings/<int:run_id>")

REFUSED = 422


@pages.get("/")
@login_required
def run(slug: str, name: str, run_id: int) -> str:
    """One timing."""
    return _page(*_found(slug, name, run_id))


@pages.get("/timing.json")
@login_required
def as_json(slug: str, name: str, run_id: int) -> Response:
    """All that was measured, as JSON."""
    _, published, found = _found(slug, name, run_id)
    response = jsonify(board_audit.as_json(found, with_seed=board_audit.is_closed(published)))
    return _download(response, f"{published.assignment}-timing-{found.id}.json")


@pages.get("/timing.csv")
@login_required
def as_csv(slug: str, name: str, run_id: int) -> Response:
    """Every call as a table."""
    _, published, found = _found(slug, name, run_id)
    response = make_response(board_audit.as_csv(found))
    response.mimetype = "text/csv"
    return _download(response, f"{published.assignment}-timing-{found.id}.csv")


@pages.post("/hide")
@login_required
def hide(slug: str, name: str, run_id: int) -> Response | tuple[str, int]:
    """Take the person off the board, with a reason that they are shown."""
    course, published, found = _found(slug, name, run_id)
    if found.submission is None:
        abort(404)
    form = HideForm()
    if form.validate_on_submit():
        try:
            board.hide(db(), published, found.submission.person, form.reason.data, person())
        except Refused as refusal:
            db().rollback()
            form.reason.errors = [refusal.message]
        else:
            db().commit()
            flash("Taken off the board. The student is shown the reason.", "success")
            return _back(slug, name, run_id)
    return _page(course, published, found, form), REFUSED


@pages.post("/show")
@login_required
def show(slug: str, name: str, run_id: int) -> Response:
    """Put the person back on the board."""
    _, published, found = _found(slug, name, run_id)
    if found.submission is None:
        abort(404)
    board.show(db(), published, found.submission.person)
    db().commit()
    flash("Shown on the board again.", "success")
    return _back(slug, name, run_id)


@pages.post("/again")
@login_required
def again(slug: str, name: str, run_id: int) -> Response:
    """Try a timing that failed on our side once more."""
    _, _, found = _found(slug, name, run_id)
    try:
        timing.try_again(db(), found)
    except Refused as refusal:
        db().rollback()
        flash(refusal.message, "warning")
    else:
        db().commit()
        flash("It is timed again.", "success")
    return _back(slug, name, run_id)


def _back(slug: str, name: str, run_id: int) -> Response:
    return redirect(url_for("board_audit.run", slug=slug, name=name, run_id=run_id), 303)


def _download(response: Response, filename: str) -> Response:
    # The name is the assignment's, which is plain letters, and a number.
    response.headers["Content-Disposition"] = f'attachment; filename="{filename}"'
    return response


def _found(slug: str, name: str, run_id: int) -> tuple[Course, CourseAssignment, TimingRun]:
    """A run of the lecturer's course. 404 for everybody else."""
    course = lecturers_course(slug)
    published = published_in(course, EnrolmentRole.LECTURER, name)
    found = board_audit.run_of(db(), published, run_id)
    if found is None:
        abort(404)
    return course, published, found


def _page(course: Course, published: CourseAssignment, found: TimingRun, form: HideForm | None = None) -> str:
    assignment = catalogue().get(published.assignment)
    result = Timing.from_dict(found.result) if found.result else None
    student = found.submission.person if found.submission else None
    return render_template(
        "board/audit.html",
        course=course,
        published=published,
        title=assignment.title if assignment else published.assignment,
        run=found,
        shown=_measured(found, assignment),
        result=result,
        rates=machine_rates(result) if result else [],
        samples=drawn_samples(result.samples) if result else None,
        events=event_rows(result) if result else [],
        runs=[(each, told_interval(each)) for each in board_audit.siblings(db(), found)],
        student=student,
        standing=standing(db(), published, student) if student else None,
        note=timing.staff_note(found),
        is_closed=board_audit.is_closed(published),
        form=form or HideForm(formdata=None),
    )


def _measured(found: TimingRun, assignment: Assignment | None) -> Measured | None:
    if assignment is None or assignment.benchmark is None or not is_timed(found):
        return None
    return measured(found, assignment.benchmark)
