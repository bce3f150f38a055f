"""The pages that say what went wrong. What somebody typed comes back with them, wherever that is possible."""

from __future__ import annotations

from http import HTTPStatus

import structlog
from flask import Flask, Response, flash, jsonify, redirect, render_template, request, url_for
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from grader.contract.notebook import MAX_NOTEBOOK_BYTES
from grader.contract.upload import MAX_BYTES
from server.security import MOST_BYTES
from server.views.kept import Kept, kept_fields

log = structlog.get_logger(__name__)

MOST_DRAINED = 64 * MOST_BYTES
CHUNK = 256 * 1024
TOO_LARGE = (
    f"Python may have {MAX_BYTES // 1024} KiB, a notebook {MAX_NOTEBOOK_BYTES // 1024**2} MiB, and any other request "
    f"{MOST_BYTES // 1024**2} MiB, at most; weights may have what their assignment says. Nothing was handed in. "
    "Leave out data, and clear a notebook's outputs."
)
TEXTS = {
    400: ("This request could not be understood", "Go back, reload the page and try again."),
    401: ("Please sign in", "This page is for people who are signed in."),
    403: ("This is not yours to see", "Your account may not open this page."),
    404: (
        "There is no such page",
        "The address may be mistyped, or the page belongs to a course that you are not in.",
    ),
    405: ("That does not work this way", "Go back to the page before and use its buttons."),
    413: (
        "The upload is too large",
        TOO_LARGE,
    ),
    429: ("Too many attempts", "Wait a little, then try again. Allowed are {limit}."),
    500: (
        "Something broke on our side",
        "It is written down in the server's log. What was handed in before is safe. Try again in a moment.",
    ),
}


def register_errors(app: Flask) -> None:
    """Give every error a page in the style of the others."""
    app.register_error_handler(CSRFError, stale_form)
    app.register_error_handler(RequestEntityTooLarge, too_large)
    app.register_error_handler(HTTPException, page)
    app.register_error_handler(500, broken)
    app.login_manager.unauthorized_handler(sign_in_first)  # type: ignore[attr-defined]


def page(error: HTTPException) -> tuple[str | Response, int] | HTTPException:
    """The page for an HTTP error."""
    code = error.code or 500
    if code < 400:
        return error
    title, text = TEXTS.get(code, (HTTPStatus(code).phrase, error.description or ""))
    if code == 404 and error.description and not error.description.startswith("The requested URL"):
        text = error.description
    text = text.format(limit=error.description) if code == 429 else text
    if _wants_json():
        return jsonify(error=text), code
    return render_template("error.html", code=code, title=title, text=text), code


def broken(error: HTTPException) -> tuple[str | Response, int]:
    """The page for an exception that nobody expected."""
    cause = getattr(error, "original_exception", None) or error
    log.error("request failed", path=request.path, method=request.method, exc_info=cause)
    title, text = TEXTS[500]
    if _wants_json():
        return jsonify(error=text), 500
    return render_template("error.html", code=500, title=title, text=text, bare=True), 500


def too_large(error: RequestEntityTooLarge) -> tuple[str | Response, int] | HTTPException:
    """The page for an upload over the limit."""
    drain()
    return page(error)


def drain() -> None:
    """Read the rest of an upload and throw it away: a browser that is cut off while it sends shows no page at all."""
    stream = request.environ["wsgi.input"]
    left = min(request.content_length or 0, MOST_DRAINED)
    while left > 0:
        chunk = stream.read(min(CHUNK, left))
        if not chunk:
            break
        left -= len(chunk)


def stale_form(_error: CSRFError) -> tuple[str, int] | Response:
    """A form whose token does not fit its session: the page is old, or the session ended meanwhile."""
    if (request.endpoint or "").startswith("session."):
        flash("That page was too old, or your browser takes no cookies. Please try again.", "warning")
        return redirect(url_for("session.form"))
    return _typed("This page was open for too long", "Nothing was saved or handed in yet, and nothing is lost."), 400


def sign_in_first() -> tuple[str | Response, int] | Response:
    """For a page that needs an account: on to signing in, and back; what was typed is kept in sight."""
    if _wants_json():
        return jsonify(error="You are signed out.", sign_in=url_for("session.form")), 401
    if request.method == "POST":
        return _typed("You are signed out", "Nothing was saved or handed in yet, and nothing is lost."), 401
    target = request.full_path.rstrip("?")
    return redirect(url_for("session.form", next=None if target == "/" else target))


def _typed(title: str, text: str) -> str:
    kept: list[Kept] = kept_fields()
    signed_in = current_user.is_authenticated
    return render_template("kept.html", title=title, text=text, kept=kept, signed_in=signed_in, action=request.path)


def _wants_json() -> bool:
    return request.accept_mimetypes.best == "application/json"
