"""Questions in and out of a course as files: an upload and what became of it, a choice of format and its file."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, render_template, request
from flask_login import login_required

from server.context import bank, db
from server.models import Course
from server.quiz.formats import FORMATS
from server.quiz.formats.exchange import Written
from server.rendering.question_pages import name_of
from server.services.errors import QuestionRefused
from server.services.quizzes import exchange, questions
from server.services.quizzes.questions import Entry
from server.views.access import lecturers_course
from server.views.quiz_bank import wanted_of

pages = Blueprint("quiz_exchange", __name__, url_prefix="/courses/<slug>/questions")

REFUSED = 422
DRAWS = 5
FILTER = ("topic", "kind", "difficulty", "text")


@pages.get("/import")
@login_required
def import_form(slug: str) -> str:
    """The form for a file."""
    return _import_page(lecturers_course(slug))


@pages.post("/import")
@login_required
def import_file(slug: str) -> str | tuple[str, int]:
    """Take the file's questions, and report what became of each."""
    course = lecturers_course(slug)
    upload = request.files.get("file")
    if upload is None or not upload.filename:
        return _import_page(course, problem="Choose a file first."), REFUSED
    chosen = request.form.get("format") or None
    try:
        report = exchange.bring_in(db(), course, upload.stream.read(), upload.filename, chosen)
    except QuestionRefused as refusal:
        db().rollback()
        return _import_page(course, problem=refusal.message), REFUSED
    db().commit()
    return _import_page(course, report=report, filename=upload.filename)


@pages.get("/export")
@login_required
def export_form(slug: str) -> str:
    """The choice of a format; once it is made, what of the questions the file has, and what not."""
    course = lecturers_course(slug)
    chosen = _chosen(course)
    name, draws = request.args.get("format", ""), _draws()
    written, problem = _written(chosen, name, draws) if name in FORMATS else (None, "")
    return render_template(
        "quiz_bank/export.html",
        course=course,
        entries=chosen,
        drawn=sum(entry.question.has_parameters for entry in chosen),
        formats=list(FORMATS.values()),
        format_name=name,
        draws=draws,
        most_draws=exchange.MOST_DRAWS,
        narrowed={key: request.args[key] for key in FILTER if request.args.get(key)},
        written=written,
        problem=problem,
    )


@pages.get("/export/file")
@login_required
def export_file(slug: str) -> Response | tuple[str, int]:
    """The file itself."""
    chosen = _chosen(lecturers_course(slug))
    name = request.args.get("format", "")
    written, problem = _written(chosen, name, _draws()) if name in FORMATS else (None, "There is no such format.")
    if written is None:
        return problem, REFUSED
    response = make_response(written.data)
    response.mimetype = written.mimetype
    response.headers["Content-Disposition"] = f'attachment; filename="{slug}-{written.filename}"'
    return response


def _chosen(course: Course) -> list[Entry]:
    found = questions.groups(db(), course, bank(), wanted_of(request.args))
    return [entry for group in found for entry in group.entries]


def _draws() -> int:
    """How many draws of each question with parameters; 0 leaves them as they are."""
    if request.args.get("parameters") == "keep":
        return 0
    text = request.args.get("draws", "")
    return (
        min(max(int(text), 1), exchange.MOST_DRAWS) if text.isascii() and text.isdecimal() and len(text) <= 4 else DRAWS
    )


def _written(chosen: list[Entry], name: str, draws: int) -> tuple[Written | None, str]:
    try:
        return exchange.take_out(chosen, name, draws), ""
    except QuestionRefused as refusal:
        return None, refusal.message


def _import_page(course: Course, report: exchange.Report | None = None, filename: str = "", problem: str = "") -> str:
    return render_template(
        "quiz_bank/import.html",
        course=course,
        formats=list(FORMATS.values()),
        report=report,
        filename=filename,
        chosen=request.form.get("format", ""),
        problem=problem,
        name_of=name_of,
    )
