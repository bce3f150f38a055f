"""What the hall sees: the room code, the clock, the counts, and afterwards how the questions were answered.

It shows no name and no number, and is opened by a lecturer of the course.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import segno
from flask import Blueprint, Response, render_template, url_for
from flask_login import login_required
from markupsafe import Markup

from server.context import db
from server.models import Mode, QuizSession, Stage, utcnow
from server.quiz.paper import PaperQuestion
from server.rendering import session_pages
from server.rendering.questions import show_inline
from server.rendering.sheet import show as shown
from server.services.quizzes import bars, clock, live, pacing, sessions
from server.views.live_parts import changed_parts, milliseconds
from server.views.quiz_desk import FAR, join_url, session_of

pages = Blueprint("quiz_projector", __name__, url_prefix="/courses/<slug>/quizzes/sessions/<int:session_id>/projector")

PARTS = ("stage", "counts", "buttons")


@pages.context_processor
def words() -> dict[str, Any]:
    """What the templates call lengths and moments."""
    return {
        "span": session_pages.span,
        "milliseconds": milliseconds,
        "state_of": sessions.state,
        "show_inline": show_inline,
    }


@pages.get("/")
@login_required
def show(slug: str, session_id: int) -> str:
    """The page for the projector."""
    session, now = session_of(slug, session_id), utcnow()
    return render_template("quiz_desk/projector.html", **_figures(session, now))


@pages.get("/live")
@login_required
def state(slug: str, session_id: int) -> Response:
    """The parts of that page that changed since those that the address names."""
    session, now = session_of(slug, session_id), utcnow()
    figures = _figures(session, now)
    return changed_parts({name: render_template(f"quiz_desk/projector_{name}.html", **figures) for name in PARTS}, now)


def _figures(session: QuizSession, now: datetime) -> dict[str, Any]:
    counts, phase = live.counts(db(), session), clock.phase(session, None, now)
    is_done = sessions.is_done(db(), session, now)
    on_show = _on_show(session)
    shows_key = on_show is not None and _shows_key(session, now)
    shows_bars = on_show is not None and (shows_key or (session.mode is not Mode.PACED and is_done))
    address = join_url(session)
    return {
        "course": session.course,
        "session": session,
        "now": now,
        "far": FAR,
        "phase": phase.value,
        "joined": counts.joined,
        "answered": counts.answers.get(on_show.item_id, 0) if on_show is not None else sum(counts.answers.values()),
        "expected_answers": counts.joined * live.paper_length(session),
        "left": clock.left(session, None, now),
        "is_done": is_done,
        "closes_at": clock.closes_at(session),
        "question_closes_at": clock.paced_closes_at(session) if session.mode is Mode.PACED else None,
        "count": len(pacing.questions_on_show(session)),
        "question": shown(on_show, 1) if on_show is not None else None,
        "differs": on_show is not None and _differs(session, on_show),
        "bars": bars.bars(db(), session, on_show) if on_show is not None and shows_bars else None,
        "shows_key": shows_key,
        "address": address.split("://", 1)[1],
        "enter_address": url_for("quiz_sitting.enter", _external=True).split("://", 1)[1].rstrip("/"),
        "qr": qr_code(address),
    }


def qr_code(address: str) -> Markup:
    """The address as a QR code, drawn as an SVG without a size: dark on light whatever the page's colours."""
    drawn = segno.make(address, error="m", micro=False)
    return Markup(drawn.svg_inline(svgclass="qr", lineclass="qr-line", omitsize=True, border=2))  # noqa: S704 - digits only


def _on_show(session: QuizSession) -> PaperQuestion | None:
    if session.stage is Stage.LOBBY or session.current is None:
        return None
    return pacing.questions_on_show(session)[session.current]


def _shows_key(session: QuizSession, now: datetime) -> bool:
    shown_at = clock.shows_key_at(session)
    return shown_at is not None and shown_at <= now


def _differs(session: QuizSession, question: PaperQuestion) -> bool:
    """Whether each student had numbers of their own, so that what is shown is one example."""
    return session.mode is not Mode.PACED and session.numbers == "each" and question.drawn.question.has_parameters
