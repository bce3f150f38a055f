"""A student's way into a quiz and through it: the code, the number, the questions, the close. Works without scripts.

The page's script does the same through `quiz_wire`, without reloading.
"""

from __future__ import annotations

from flask import Blueprint, Response, abort, make_response, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy.exc import SQLAlchemyError

from server.context import db
from server.models import Mode, Participant, Person, QuizSession, utcnow
from server.quiz.paper import questions_of
from server.rendering.sheet import sheet
from server.security import limiter
from server.services.errors import JoinRefused, OtherDevice
from server.services.quizzes import answering, joining
from server.services.quizzes.clock import Phase, began_at
from server.services.quizzes.group_commit import NotCommitted
from server.services.quizzes.joining import Asking
from server.services.quizzes.standing import Standing, standing
from server.views.quiz_device import Device, device_in_cookie, hall, keep_device, token_of
from server.views.quiz_form import changes_of_form, tell
from server.views.quiz_state import milliseconds, state_of
from server.views.quiz_wire import shown_questions

pages = Blueprint("quiz_sitting", __name__, url_prefix="/q")

REFUSED = 422
LATE_SECONDS = 5
NO_CODE = "There is no quiz with this code. Compare it with the one on the projector."


def _was_refused(response: Response) -> bool:
    return response.status_code in (404, REFUSED)


# Only refusals count: a whole class behind one address joins within seconds.
GUESSES = limiter.shared_limit("600 per minute", "quiz joining", deduct_when=_was_refused)


@pages.get("/")
@GUESSES
def enter() -> Response | tuple[str, int]:
    """Where the code is entered."""
    typed = request.args.get("code", "")
    if not typed.strip():
        return render_template("quiz_sitting/enter.html", typed="", error=""), 200
    session = joining.session_by_code(db(), typed)
    if session is None:
        return render_template("quiz_sitting/enter.html", typed=typed[:40], error=NO_CODE), REFUSED
    return redirect(url_for("quiz_sitting.index", code=session.code))


@pages.get("/<code>")
@GUESSES
def index(code: str) -> Response | str | tuple[str, int]:
    """A session's page: joining, the lobby, the questions, the close; whichever it is time for."""
    session = joining.session_by_code(db(), code)
    if session is None:
        return render_template("quiz_sitting/enter.html", typed=code[:40], error=NO_CODE), 404
    if session.code != code:
        return redirect(url_for("quiz_sitting.index", code=session.code))
    if session.mode is Mode.PRACTICE:
        return redirect(url_for("quiz_practice.index", code=session.code))
    device = device_in_cookie(session.code)
    participant = joining.participant_of(db(), session, device.participant) if device is not None else None
    if device is None or participant is None or "again" in request.args:
        return _join_page(session, _reader_number(session))
    return _sitting_page(session, participant, device)


@pages.post("/<code>/join")
@GUESSES
def join(code: str) -> Response | tuple[str, int]:
    """Join with a number. On a second device, the first answer is a question."""
    session = _session(code)
    number, device = request.form.get("number", ""), request.form.get("device", "")
    asking = Asking(number, device, person=_reader(), takes_over="take_over" in request.form)
    try:
        participant = joining.join(db(), session, asking, utcnow())
        db().commit()
    except OtherDevice as refusal:
        db().rollback()
        return _join_page(session, number, device, question=refusal.message), 409
    except JoinRefused as refusal:
        db().rollback()
        return _join_page(session, number, device, error=refusal.message), REFUSED
    _warm(session, participant)
    response = make_response(redirect(url_for("quiz_sitting.index", code=session.code), 303))
    return keep_device(response, session, token_of(session, participant, device))


@pages.post("/<code>/save")
def save(code: str) -> Response:
    """Save every answer of the form that changed: the way without scripts."""
    arrived, session = utcnow(), _session(code)
    device = device_in_cookie(session.code)
    participant = joining.participant_of(db(), session, device.participant) if device is not None else None
    if device is None or participant is None:
        return redirect(url_for("quiz_sitting.index", code=session.code), 303)
    try:
        outcomes = [hall().save(change) for change in changes_of_form(participant, device, arrived)]
    except (SQLAlchemyError, NotCommitted):
        abort(503, "The answers could not be stored just now. Go back and save again.")
    tell([receipt.outcome for receipt in outcomes])
    anchor = f"question-{request.form['at']}" if request.form.get("at", "").isdigit() else None
    return redirect(url_for("quiz_sitting.index", code=session.code, _anchor=anchor), 303)


def _session(code: str) -> QuizSession:
    session = joining.session_by_code(db(), code)
    if session is None or session.mode is Mode.PRACTICE:
        abort(404)
    return session


def _reader() -> Person | None:
    return current_user.person if current_user.is_authenticated else None


def _reader_number(session: QuizSession) -> str:
    """The number of whoever is signed in and may join; empty for everybody else."""
    person = _reader()
    return person.number if person is not None and joining.may_join(db(), session, person) else ""


def _join_page(session: QuizSession, number: str, device: str = "", **said: str) -> str:
    now = utcnow()
    return render_template(
        "quiz_sitting/join.html",
        session=session,
        standing=standing(session, None, "", 0, now),
        now=milliseconds(now),
        number=number,
        own_number=_reader_number(session),
        device=device or joining.new_device(),
        **{"error": "", "question": ""} | said,
    )


def _sitting_page(session: QuizSession, participant: Participant, device: Device) -> str:
    now = utcnow()
    found = standing(session, participant, device.name, 0, now)
    is_open = found.phase is Phase.OPEN and not found.is_moved
    fragment = shown_questions(session, participant, found.on_show) if is_open else None
    return render_template(
        "quiz_sitting/sitting.html",
        session=session,
        participant=participant,
        standing=found,
        now=milliseconds(now),
        state=state_of(found),
        token=token_of(session, participant, device.name),
        device=joining.new_device() if found.is_moved else device.name,
        late=_late(session, participant, found),
        answered=_answered(participant) if found.phase is Phase.CLOSED and not found.is_moved else [],
        fragment=fragment,
    )


def _late(session: QuizSession, participant: Participant, found: Standing) -> int:
    """How many seconds after the common start this student joined; 0 for who was in time."""
    if session.mode is not Mode.TIMED or session.opens_at is None or found.phase is not Phase.OPEN:
        return 0
    late = round((began_at(session, participant) - session.opens_at).total_seconds())
    return late if late > LATE_SECONDS else 0


def _answered(participant: Participant) -> list[bool]:
    """For each question of the paper, whether an answer is stored."""
    given = answering.answers_of(db(), participant)
    stored = {item: bool(answer.picked or answer.text) for item, answer in given.items()}
    return [stored.get(entry["item"], False) for entry in participant.paper]


def _warm(session: QuizSession, participant: Participant) -> None:
    """Set the formulas and draw the pictures of this paper while there is time: they are kept for the opening."""
    items = hall().items(session.id, [entry["item"] for entry in participant.paper])
    sheet(questions_of(participant.paper, items), {item.id: item.points for item in items}, {})
