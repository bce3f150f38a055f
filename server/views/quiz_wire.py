"""What the script of a student's page asks and sends: where they stand, their questions, each answer by itself.

Every response has `now`, the server's clock in milliseconds. A token in a header says which device asks: no other site
can send it, so these requests need no token of a form.
"""

from __future__ import annotations

import gzip
import json
from typing import Any

from flask import Blueprint, Response, current_app, request
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import joinedload

from server.context import db
from server.models import Participant, QuizSession, utcnow
from server.quiz.numbers import NumberError, parse_number
from server.rendering.sheet import sheet
from server.security import csrf
from server.services.errors import AnswerRefused
from server.services.quizzes import answering
from server.services.quizzes.changes import Change, Outcome, Receipt, read_change
from server.services.quizzes.clock import Phase
from server.services.quizzes.group_commit import NotCommitted
from server.services.quizzes.showing import questions_on_show, reveal
from server.services.quizzes.standing import OnShow, standing
from server.views.quiz_device import device_in_cookie, device_in_header, hall, init_hall, is_same_origin
from server.views.quiz_state import milliseconds, state_of

pages = Blueprint("quiz_wire", __name__, url_prefix="/q/<code>")
csrf.exempt(pages)
pages.record_once(lambda state: init_hall(state.app))

MOST_BYTES = 4096
STATUS = {Outcome.SAVED: 200, Outcome.SUPERSEDED: 200, Outcome.UNKNOWN: 422}
NO_DEVICE = "This device has not joined the quiz. Reload the page and join."
AWAY = "The answer could not be stored just now. It is sent again."


@pages.get("/state")
def state(code: str) -> Response:
    """Where the student stands; without a device, where the session does. Short while nothing has changed."""
    device = device_in_header(code) or device_in_cookie(code)
    now = utcnow()
    found = hall().roll.standing(code, device.participant if device else None, device.name if device else "", now)
    if found is None:
        return _json({"error": NO_DEVICE}, 404 if device is None else 401)
    shown = state_of(found)
    if request.args.get("seen") == shown["version"]:
        shown = {"version": shown["version"]}
    return _json(shown)


@pages.get("/paper")
def paper(code: str) -> Response:
    """The questions, with what was answered, once they are open for this student and on this device alone."""
    device = device_in_header(code) or device_in_cookie(code)
    if device is None:
        return _json({"error": NO_DEVICE}, 401)
    participant = db().get(Participant, device.participant, options=[joinedload(Participant.session)])
    if participant is None:
        return _json({"error": NO_DEVICE}, 401)
    session, now = participant.session, utcnow()
    found = standing(session, participant, device.name, 0, now)
    if found.is_moved or found.phase is not Phase.OPEN:
        return _json({"outcome": "other_device" if found.is_moved else found.phase.value}, 409)
    return _packed(_json(questions_html(session, participant, found.on_show)))


@pages.post("/answers")
def answers(code: str) -> Response:
    """Store one answer. It is acknowledged when it is durable, and not before."""
    request.max_content_length = MOST_BYTES
    body = request.get_data()
    # After the body: whoever sends it slowly past the deadline has not answered in time.
    arrived = utcnow()
    device = device_in_header(code)
    if device is None:
        return _json({"error": NO_DEVICE}, 401)
    if not is_same_origin() or request.mimetype != "application/json":
        return _json({"error": "An answer is sent as JSON, from this site's own page."}, 403)
    try:
        change = read_change(_parsed(body), device.participant, device.name, arrived)
    except AnswerRefused as refusal:
        return _json({"error": refusal.message}, 422)
    return _saved(change)


def questions_html(session: QuizSession, participant: Participant, on_show: OnShow | None) -> dict[str, Any]:
    """The questions that are open for a participant, as a fragment of the page, and what a page needs to go on."""
    shown = shown_questions(session, participant, on_show)
    template = current_app.jinja_env.get_template("quiz_sitting/questions.html")
    return {"html": template.render(**shown), "highest": shown["highest"]}


def shown_questions(session: QuizSession, participant: Participant, on_show: OnShow | None) -> dict[str, Any]:
    """What the fragment's template takes: the questions, the answers' highest sequence, and what is revealed."""
    given = answering.answers_of(db(), participant)
    items = hall().items(session.id, [entry["item"] for entry in participant.paper])
    questions = questions_on_show(session, participant, items, on_show)
    is_shown = on_show is not None and on_show.shows_key
    return {
        "questions": sheet(questions, {item.id: item.points for item in items}, given),
        "highest": max((answer.sequence for answer in given.values()), default=0),
        "reveals": [reveal(each, hall().answers_to(each.item_id)) for each in questions] if is_shown else [],
        "total": len(participant.paper),
    }


def _parsed(body: bytes) -> object:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise AnswerRefused("An answer is a JSON object.") from None


def _saved(change: Change) -> Response:
    try:
        receipt = hall().save(change)
    except (SQLAlchemyError, NotCommitted):
        return _json({"error": AWAY}, 503)
    return _json(_receipt(receipt) | _note(change.text), STATUS.get(receipt.outcome, 409))


def _receipt(receipt: Receipt) -> dict[str, Any]:
    at = milliseconds(receipt.answered_at)
    return {"outcome": receipt.outcome.value, "sequence": receipt.sequence, "at": at}


def _note(text: str) -> dict[str, str]:
    """What is wrong with a typed number. It is stored as it is; the student may want to write it otherwise."""
    if not text:
        return {}
    try:
        parse_number(text)
    except NumberError as error:
        return {"note": str(error)}
    return {}


def _packed(response: Response) -> Response:
    """The response compressed, where the browser takes that: a class that opens its papers shares one radio."""
    if request.accept_encodings["gzip"] > 0:
        response.set_data(gzip.compress(response.get_data(), compresslevel=1))
        response.headers["Content-Encoding"] = "gzip"
    response.headers["Vary"] = "Accept-Encoding"
    return response


def _json(data: dict[str, Any], status: int = 200) -> Response:
    body = json.dumps({"now": milliseconds(utcnow()), **data}, separators=(",", ":"))
    return Response(body, status, mimetype="application/json")
