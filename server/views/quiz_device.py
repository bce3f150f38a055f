"""The device that a student answers with: a signed token, in a cookie of its own and in a header of the page's script.

It names the session's code, the participant and the device, and is signed with the installation's secret: a restart of
whatever it may be leaves every student where they were.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, request, url_for
from itsdangerous import BadSignature, URLSafeSerializer

from server.context import context, settings
from server.database import make_engine
from server.models import Participant, QuizSession
from server.services.quizzes.hall import Hall

COOKIE = "stride_quiz"
HEADER = "X-Quiz-Device"
SALT = "stride.quiz.device"
KEPT_SECONDS = 180 * 86_400
HALL_CONNECTIONS = 4
HALL = "stride.quiz.hall"


@dataclass(frozen=True, slots=True)
class Device:
    """Which device of which participant of which session a request comes from."""

    code: str
    participant: int
    name: str


def init_hall(app: Flask) -> None:
    """Give the application what it holds for the quizzes under way.

    The hall has connections of its own: requests that wait for it may hold all the others.
    """
    app.extensions[HALL] = Hall(make_engine(app.extensions["stride"].settings.database_url, HALL_CONNECTIONS))


def hall() -> Hall:
    """The running application's hall."""
    found: Hall = current_app.extensions[HALL]
    return found


def token_of(session: QuizSession, participant: Participant, device: str) -> str:
    """The signed token of a device."""
    return _signer().dumps([session.code, participant.id, device])


def device_in_header(code: str) -> Device | None:
    """The device that the page's script names. Only a page of this site can: that proves where the request is from."""
    return _read(request.headers.get(HEADER), code)


def device_in_cookie(code: str) -> Device | None:
    """The device that this browser joined with."""
    return _read(request.cookies.get(COOKIE), code)


def keep_device(response: Response, session: QuizSession, token: str) -> Response:
    """Let the browser keep the token, for the pages of this session alone."""
    path = url_for("quiz_sitting.index", code=session.code)
    response.set_cookie(
        COOKIE, token, max_age=KEPT_SECONDS, path=path, secure=settings().https, httponly=True, samesite="Lax"
    )
    return response


def is_same_origin() -> bool:
    """Whether the browser, where it says so, sent this request from a page of this site."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    origin = request.headers.get("Origin")
    return origin is None or urlsplit(origin).netloc == request.host


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(context().settings.secret_key, salt=SALT)


def _read(token: str | None, code: str) -> Device | None:
    if not token or len(token) > 500:
        return None
    try:
        named, participant, device = _signer().loads(token)
    except (BadSignature, ValueError, TypeError):
        return None
    return Device(named, participant, device) if named == code else None
