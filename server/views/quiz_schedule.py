"""Scheduling a session of a quiz, and changing one that has not opened."""

from __future__ import annotations

from flask import Blueprint, Response, flash, render_template, request
from flask_login import login_required

from server.context import db
from server.login import person
from server.models import Quiz, QuizSession
from server.quiz_forms import ScheduleForm, new_schedule, schedule_of
from server.rendering.session_pages import MODES
from server.services.errors import Refused
from server.services.quizzes import composing, scheduling
from server.views.quiz_composer import quiz_of
from server.views.quiz_desk import session_of, to

pages = Blueprint("quiz_schedule", __name__, url_prefix="/courses/<slug>/quizzes")

REFUSED = 422


@pages.get("/<int:quiz_id>/schedule")
@login_required
def form(slug: str, quiz_id: int) -> str:
    """The form for a session of a quiz."""
    quiz = quiz_of(slug, quiz_id)
    return _schedule_page(quiz, None, new_schedule(quiz))


@pages.post("/<int:quiz_id>/schedule")
@login_required
def create(slug: str, quiz_id: int) -> Response | tuple[str, int]:
    """Schedule the session."""
    quiz, form = quiz_of(slug, quiz_id), ScheduleForm()
    plan = form.plan() if form.validate_on_submit() else None
    if plan is None:
        return _schedule_page(quiz, None, form), REFUSED
    after = request.form.get("after", "")
    try:
        session = scheduling.schedule(db(), quiz, plan, person(), after=int(after) if after.isdecimal() else None)
    except Refused as refusal:
        db().rollback()
        return _schedule_page(quiz, None, form, refusal.message), REFUSED
    db().commit()
    flash(f"The session is scheduled. Students join with the code {session.code}.", "success")
    return to(session)


@pages.get("/sessions/<int:session_id>/edit")
@login_required
def edit(slug: str, session_id: int) -> str:
    """The form for a session that is scheduled."""
    session = session_of(slug, session_id)
    return _schedule_page(session.quiz, session, schedule_of(session))


@pages.post("/sessions/<int:session_id>/edit")
@login_required
def change(slug: str, session_id: int) -> Response | tuple[str, int]:
    """Change a session before it opens."""
    session, form = session_of(slug, session_id), ScheduleForm()
    plan = form.plan() if form.validate_on_submit() else None
    if plan is None:
        return _schedule_page(session.quiz, session, form), REFUSED
    try:
        scheduling.change(db(), session, plan, person())
    except Refused as refusal:
        db().rollback()
        return _schedule_page(session.quiz, session, form, refusal.message), REFUSED
    db().commit()
    flash("The session is changed.", "success")
    return to(session)


def _schedule_page(quiz: Quiz, session: QuizSession | None, form: ScheduleForm, refusal: str = "") -> str:
    return render_template(
        "quiz_desk/schedule.html",
        modes=MODES,
        course=quiz.course,
        quiz=quiz,
        session=session,
        form=form,
        refusal=refusal,
        asked=composing.question_count(quiz),
        newest=max((each.id for each in quiz.sessions), default=0),
    )
