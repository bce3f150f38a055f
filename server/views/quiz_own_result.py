"""A student's own result once it is released: on the device that they answered with, or signed in with their number."""

from __future__ import annotations

from flask import Blueprint, Response, abort, redirect, render_template, url_for
from flask_login import current_user

from server.context import db
from server.models import Mode, Participant, QuizSession, utcnow
from server.rendering.result_sheet import result_sheet
from server.services.quizzes import joining
from server.services.quizzes.clock import Phase, phase
from server.services.quizzes.results import participant_by_number, result_of
from server.services.quizzes.taken import is_released
from server.views.quiz_device import device_in_cookie

pages = Blueprint("quiz_own_result", __name__, url_prefix="/q/<code>/result")


@pages.get("")
def index(code: str) -> Response | str | tuple[str, int]:
    """The score and every question with its answer; before the release, that it is still to come."""
    session = joining.session_by_code(db(), code)
    if session is None:
        abort(404)
    if session.code != code:
        return redirect(url_for("quiz_own_result.index", code=session.code))
    if session.mode is Mode.PRACTICE:
        return redirect(url_for("quiz_sitting.index", code=session.code))
    participant = own_participant(session)
    if participant is None:
        return render_template("quiz_results/not_yours.html", session=session), 404
    now = utcnow()
    is_open = phase(session, participant, now) is not Phase.CLOSED
    if is_open or not is_released(session, now):
        return render_template("quiz_results/not_yet.html", session=session, participant=participant, is_open=is_open)
    result = result_of(db(), session, participant)
    return render_template("quiz_results/own.html", session=session, result=result, questions=result_sheet(result))


def own_participant(session: QuizSession) -> Participant | None:
    """Whose result this request may see: the signed-in number's, else that of the device which is in the quiz now.

    A device that another one took the place of sees nothing: it may be somebody else's.
    """
    if current_user.is_authenticated:
        own = participant_by_number(db(), session, current_user.person.number)
        if own is not None:
            return own
    device = device_in_cookie(session.code)
    found = joining.participant_of(db(), session, device.participant) if device is not None else None
    return found if device is not None and found is not None and found.device == device.name else None
