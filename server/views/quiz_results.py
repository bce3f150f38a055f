"""What came of a session, for its lecturer: scores, item analysis, every participant, and the table to take away."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import Blueprint, Response, abort, flash, make_response, redirect, render_template, request, url_for
from flask_login import login_required

from server.context import db
from server.login import person
from server.models import Course, Mode, Participant, QuizSession, SessionItem, utcnow
from server.quiz.analysis import ItemFigures
from server.quiz.analysis.readings import FEW, Reading, read_item, read_quiz
from server.quiz.correction import Correction
from server.quiz.spreadsheet import TYPES, write_table
from server.rendering.plain_text import plain
from server.rendering.questions import show_inline
from server.rendering.quiz_charts import figure, histogram, item_map
from server.rendering.result_sheet import result_sheet
from server.services.errors import Refused
from server.services.quizzes import sessions
from server.services.quizzes.answers import chance_of
from server.services.quizzes.corrections import decisions
from server.services.quizzes.export import file_name, result_rows
from server.services.quizzes.practised import practised
from server.services.quizzes.results import Marks, marks, name_of, result_of
from server.views.access import lecturers_course


@dataclass(frozen=True, slots=True)
class QuestionRow:
    """A question in the table: its figures and what they mean; both None where it counts for nobody."""

    item: SessionItem
    figures: ItemFigures | None
    reading: Reading | None
    correction: Correction | None


pages = Blueprint("quiz_results", __name__, url_prefix="/courses/<slug>/quizzes/sessions/<int:session_id>/results")

LARGEST_ID = 2**31


@pages.context_processor
def words() -> dict[str, object]:
    """How the templates write figures and name questions."""
    return {"figure": figure, "name_of": name_of}


@pages.get("/")
@login_required
def index(slug: str, session_id: int) -> str:
    """Everything at a glance; of a practice session, how often each question was tried."""
    course, session = lecturers_session(slug, session_id)
    if session.mode is Mode.PRACTICE:
        return _practice_page(course, session)
    found, is_done = marks(db(), session), sessions.is_done(db(), session, utcnow())
    most = float(found.maxima.max(initial=0.0))
    return render_template(
        "quiz_results/index.html",
        **frame(course, session),
        found=found,
        most=most,
        state=sessions.state(session),
        is_done=is_done,
        quiz_reading=read_quiz(found.quiz),
        rows=_rows(found),
        histogram=histogram(found.totals, most),
        map=item_map(_numbered(found)),
        decisions=decisions(db(), session),
        few=FEW,
    )


@pages.get("/participants/<int:participant_id>")
@login_required
def participant(slug: str, session_id: int, participant_id: int) -> str:
    """One participant's questions as they saw them, with what they answered."""
    course, session = lecturers_session(slug, session_id)
    found = db().get(Participant, participant_id) if participant_id < LARGEST_ID else None
    if found is None or found.session_id != session.id:
        abort(404)
    result = result_of(db(), session, found)
    return render_template(
        "quiz_results/participant.html",
        **frame(course, session),
        result=result,
        questions=result_sheet(result),
    )


@pages.get("/export")
@login_required
def export(slug: str, session_id: int) -> Response:
    """The table as CSV or XLSX, with names where asked for."""
    _, session = lecturers_session(slug, session_id)
    wanted = request.args.get("format", "csv")
    if wanted not in TYPES or session.mode is Mode.PRACTICE:
        abort(404)
    found = marks(db(), session)
    response = make_response(write_table(result_rows(found, with_names="names" in request.args), wanted))
    response.mimetype = TYPES[wanted]
    response.headers["Content-Disposition"] = f'attachment; filename="{file_name(found, wanted)}"'
    return response


@pages.post("/release")
@login_required
def release(slug: str, session_id: int) -> Response:
    """Let the students see their results."""
    return _act(slug, session_id, sessions.release, "The students see their results now.")


@pages.post("/withhold")
@login_required
def withhold(slug: str, session_id: int) -> Response:
    """Take the results back from the students' pages."""
    return _act(slug, session_id, sessions.withhold, "The students do not see their results any more.")


def frame(course: Course, session: QuizSession) -> dict[str, object]:
    """What every page about a session says of it, with the way to it."""
    trail = [
        (plain(course.title), url_for("gradebook.index", slug=course.slug)),
        ("Quizzes", url_for("quiz_desk.index", slug=course.slug)),
        (plain(session.title), url_for("quiz_desk.show", slug=course.slug, session_id=session.id)),
    ]
    return {"course": course, "session": session, "trail": trail}


def lecturers_session(slug: str, session_id: int) -> tuple[Course, QuizSession]:
    """A session of a course, for the course's lecturers. 404 for everybody else."""
    course = lecturers_course(slug)
    session = db().get(QuizSession, session_id) if session_id < LARGEST_ID else None
    if session is None or session.course_id != course.id:
        abort(404)
    return course, session


def _act(slug: str, session_id: int, act: Callable[..., bool], done: str) -> Response:
    _, session = lecturers_session(slug, session_id)
    try:
        changed = act(db(), session, person(), expected=request.form.get("state"))
        db().commit()
    except Refused as refusal:
        db().rollback()
        flash(refusal.message, "warning")
    else:
        flash(done if changed else "Nothing was changed: the session stands otherwise than you saw it.", "success")
    return redirect(url_for("quiz_results.index", slug=slug, session_id=session_id), 303)


def _practice_page(course: Course, session: QuizSession) -> str:
    rows = [(row, show_inline(row.mistake), show_inline(row.why)) for row in practised(db(), session)]
    return render_template(
        "quiz_results/practice.html",
        **frame(course, session),
        rows=rows,
        attempts=sum(row.attempts for row, _, _ in rows),
    )


def _numbered(found: Marks) -> list[tuple[int, ItemFigures]]:
    """The figures of every item that counts, with its number."""
    return [
        (found.items[column].position + 1, found.analysis.items[place]) for place, column in enumerate(found.counted)
    ]


def _rows(found: Marks) -> list[QuestionRow]:
    rows = []
    for column, item in enumerate(found.items):
        figures = found.figures(column)
        reading = read_item(figures, chance_of(found, item)) if figures else None
        rows.append(QuestionRow(item, figures, reading, found.corrections.get(item.id)))
    return rows
