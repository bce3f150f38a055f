"""A course's quizzes and their sessions: the list, scheduling, and the page from which a session is run."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, Response, abort, flash, jsonify, redirect, render_template, request, url_for
from flask_login import login_required

from server.context import db
from server.models import Mode, QuizSession, Stage, utcnow
from server.quiz_forms import TitleForm
from server.rendering import session_pages
from server.rendering.question_pages import name_of
from server.rendering.questions import show_inline
from server.services.errors import Refused
from server.services.quizzes import bars, clock, composing, events, listing, live, pacing, scheduling, sessions
from server.services.quizzes.clock import Phase
from server.views.access import lecturers_course
from server.views.live_parts import changed_parts, milliseconds, tag_of
from server.views.quiz_acts import ACTS

pages = Blueprint("quiz_desk", __name__, url_prefix="/courses/<slug>/quizzes")

REFUSED = 422
LARGEST_ID = 2**31
SLOWER_EACH = 2
"""Milliseconds by which the page asks less often for each student: a table of a thousand is no light thing."""

FAR = timedelta(hours=12)
"""An opening further away than this is shown by its date, without a countdown."""

LOCAL_NAMES = ("localhost", "127.", "[::1]", "0.0.0.0")  # noqa: S104 - to warn of, not to bind to
NOTHING_DONE = "This click changed nothing: it was done already, or somebody else was first. The page shows how it is."
PARTS = ("state", "controls", "figures", "questions", "people", "record")


@pages.context_processor
def words() -> dict[str, Any]:
    """What the templates call modes, states and lengths."""
    return {
        "modes": session_pages.MODES,
        "session_look": session_pages.session_look,
        "span": session_pages.span,
        "duration": session_pages.duration,
        "event_text": session_pages.event_text,
        "who": session_pages.who,
        "milliseconds": milliseconds,
        "state_of": sessions.state,
        "released_look": session_pages.RELEASED,
        "withheld_look": session_pages.WITHHELD,
        "show_inline": show_inline,
    }


@pages.get("/")
@login_required
def index(slug: str) -> str:
    """Sessions that run, come and are over, and the quizzes that they are made of."""
    course = lecturers_course(slug)
    quizzes = composing.quizzes_of(db(), course)
    return render_template(
        "quiz_desk/index.html",
        course=course,
        sessions=listing.listed(db(), course, utcnow()),
        quizzes=[(quiz, composing.question_count(quiz), composing.points_of(quiz)) for quiz in quizzes],
        newest=max((quiz.id for quiz in quizzes), default=0),
        form=TitleForm(formdata=None),
    )


@pages.get("/sessions/<int:session_id>/")
@login_required
def show(slug: str, session_id: int) -> str:
    """The page from which a session is run."""
    session, now = session_of(slug, session_id), utcnow()
    return render_template(
        "quiz_desk/session.html",
        join_url=join_url(session),
        is_local=request.host.startswith(LOCAL_NAMES),
        tags={name: tag_of(html) for name, html in _parts(session, now).items()},
        once=secrets.token_urlsafe(9),
        number=request.args.get("number", "")[:64],
        **_figures(session, now),
    )


@pages.get("/sessions/<int:session_id>/live")
@login_required
def state(slug: str, session_id: int) -> Response:
    """The parts of that page that changed since those that the address names, as `?figures=3f2a...`."""
    session, now = session_of(slug, session_id), utcnow()
    parts, joined = _parts(session, now), live.counts(db(), session).joined
    return changed_parts(parts, now, SLOWER_EACH * joined)


@pages.post("/sessions/<int:session_id>/<do>")
@login_required
def act(slug: str, session_id: int, do: str) -> Response | tuple[Response, int]:
    """Do something with a session; what it is stands in the address."""
    session = session_of(slug, session_id)
    if do not in ACTS:
        abort(404)
    try:
        done = ACTS[do](session)
    except Refused as refusal:
        db().rollback()
        return _told(session, refusal.message, "warning", REFUSED)
    db().commit()
    return _told(session, "" if done else NOTHING_DONE, "info", 200)


@pages.post("/sessions/<int:session_id>/delete")
@login_required
def delete(slug: str, session_id: int) -> Response:
    """Delete a session that was cancelled."""
    session = session_of(slug, session_id)
    try:
        scheduling.remove(db(), session)
    except Refused as refusal:
        db().rollback()
        flash(refusal.message, "warning")
        return to(session)
    db().commit()
    flash("The cancelled session is deleted.", "success")
    return redirect(url_for("quiz_desk.index", slug=slug), 303)


def session_of(slug: str, session_id: int) -> QuizSession:
    """A session of the course, for its lecturers. 404 for everybody else."""
    course = lecturers_course(slug)
    session = db().get(QuizSession, session_id) if session_id < LARGEST_ID else None
    if session is None or session.course_id != course.id:
        abort(404)
    return session


def join_url(session: QuizSession) -> str:
    """The address that students open, by the name under which this page was opened."""
    return request.host_url.rstrip("/") + url_for("quiz_sitting.index", code=session.code)


def _told(session: QuizSession, message: str, category: str, status: int) -> Response | tuple[Response, int]:
    """The answer to an act: JSON for a page's script, else the page that the form was on."""
    if request.accept_mimetypes.best == "application/json":
        return jsonify(message=message), status
    if message:
        flash(message, category)
    if request.form.get("from") == "projector":
        slug = session.course.slug
        return redirect(url_for("quiz_projector.show", slug=slug, session_id=session.id), 303)
    return to(session)


def to(session: QuizSession) -> Response:
    """To the session's page."""
    return redirect(url_for("quiz_desk.show", slug=session.course.slug, session_id=session.id), 303)


def _can_extend(session: QuizSession) -> bool:
    is_out = session.ended_at is not None or session.results_released_at is not None
    has_clock = session.limit_seconds is not None if session.mode is Mode.PACED else session.mode is not Mode.PRACTICE
    return has_clock and not is_out


def _parts(session: QuizSession, now: datetime) -> dict[str, str]:
    figures = _figures(session, now)
    return {name: render_template(f"quiz_desk/session_{name}.html", **figures) for name in PARTS}


def _figures(session: QuizSession, now: datetime) -> dict[str, Any]:
    """What the parts of a session's page show."""
    progress = live.progress(db(), session, now)
    shown = pacing.questions_on_show(session)
    on_show = shown[session.current] if session.stage is not Stage.LOBBY and session.current is not None else None
    is_done = sessions.is_done(db(), session, now)
    return {
        "course": session.course,
        "session": session,
        "now": now,
        "progress": progress,
        "is_done": is_done,
        "is_cancelled": scheduling.is_cancelled(session),
        "is_behind": progress.phase is Phase.WAITING and not progress.joined and scheduling.is_behind(session),
        "length": sessions.length_seconds(session),
        "titles": {question.item_id: name_of(question.drawn.question) for question in shown},
        "count": len(shown),
        "on_show": on_show,
        "bars": bars.bars(db(), session, on_show) if on_show is not None else None,
        "question_closes_at": clock.paced_closes_at(session),
        "entries": events.entries(db(), session),
        "can_extend": _can_extend(session),
        "far": FAR,
    }
