"""The board of a timed assignment: who is how fast, one's own history, and one's name there."""

from __future__ import annotations

from flask import Blueprint, Response, abort, flash, redirect, request
from flask_login import login_required

from server.board_forms import AliasForm
from server.context import db
from server.login import person
from server.models import utcnow
from server.services import board, timing
from server.services.errors import Refused
from server.views.board_page import Place, is_settled, later, page, parts, place
from server.views.live_parts import changed_parts

pages = Blueprint("board", __name__, url_prefix="/courses/<slug>/assignments/<name>/board")

REFUSED = 422


@pages.get("/")
@login_required
def index(slug: str, name: str) -> str:
    """The board, for one kind of device."""
    return page(place(slug, name))


@pages.get("/state")
@login_required
def state(slug: str, name: str) -> Response:
    """The parts of that page that changed since those that the address names, as `?results=3f2a...`."""
    here = place(slug, name)
    return changed_parts(parts(here), utcnow(), later(here), settled=is_settled(here))


@pages.post("/name")
@login_required
def rename(slug: str, name: str) -> Response | tuple[str, int]:
    """Change what one is called on the boards of the course."""
    here, form = place(slug, name), AliasForm()
    if form.validate_on_submit():
        try:
            board.set_alias(db(), here.course, person(), form.alias.data)
        except Refused as refusal:
            db().rollback()
            form.alias.errors = [refusal.message]
        else:
            db().commit()
            flash("Your name on the boards is saved.", "success")
            return _back(here, "name")
    return page(here, form), REFUSED


@pages.post("/listing")
@login_required
def listing(slug: str, name: str) -> Response:
    """Leave the boards of the course, or stand on them."""
    here = place(slug, name)
    wanted = request.form.get("listed")
    if wanted not in ("yes", "no"):
        abort(400)
    board.set_listed(db(), here.course, person(), is_listed=wanted == "yes")
    db().commit()
    told = "You stand on the boards of this course." if wanted == "yes" else "You have left the boards of this course."
    flash(told, "success")
    return _back(here, "name")


@pages.post("/verify")
@login_required
def verify(slug: str, name: str) -> Response:
    """Time the top ten again."""
    here = _staff_place(slug, name)
    runs = board.verify_top(db(), here.published, here.assignment, person())
    db().commit()
    _tell(
        len(runs), "Verified again: {} of the top ten. What comes is compared below.", "They wait to be timed already."
    )
    return _back(here)


@pages.post("/methods")
@login_required
def measure(slug: str, name: str) -> Response:
    """Time the known methods."""
    here = _staff_place(slug, name)
    runs = timing.request_methods(db(), here.published, here.assignment, person())
    db().commit()
    _tell(len(runs), "To be measured: {} known methods.", "The known methods wait to be measured already.")
    return _back(here)


def _tell(count: int, words: str, none: str) -> None:
    flash(words.format(count) if count else none, "success" if count else "warning")


def _back(here: Place, anchor: str | None = None) -> Response:
    return redirect(here.address(**({"_anchor": anchor} if anchor else {})), 303)


def _staff_place(slug: str, name: str) -> Place:
    here = place(slug, name)
    if not here.is_staff:
        abort(404)
    return here
