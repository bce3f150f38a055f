"""Signing in and out, and the password."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Blueprint, Response, flash, redirect, render_template, request, session, url_for
from flask_limiter.util import get_remote_address
from flask_login import current_user, login_required

from server.context import db, settings
from server.forms import CodeForm, PasswordForm, SignInForm
from server.login import person, sign_in, sign_out
from server.models import Person
from server.security import limiter
from server.services import accounts
from server.services.errors import PasswordRefused

pages = Blueprint("session", __name__)

REFUSED = 422
BY_CODE = "signed_in_by_code"


def _rate() -> str:
    return settings().login_rate


def _address_and_number() -> str:
    number = request.form.get("number", "").strip().lower()[:254]
    return f"{get_remote_address()} {number}"


def _was_refused(response: Response) -> bool:
    return response.status_code == REFUSED


def safe_next(target: str | None) -> str:
    """Where to go after signing in: a path on this site, or the first page."""
    home = url_for("home.index")
    if not target or not target.startswith("/") or any(ord(letter) < 33 or letter == "\\" for letter in target):
        return home
    parts = urlsplit(target)
    return home if parts.scheme or parts.netloc or target.startswith("//") else target


@pages.get("/sign-in")
def form() -> str | Response:
    """Both ways to sign in."""
    if current_user.is_authenticated:
        return redirect(safe_next(request.args.get("next")))
    return _render(SignInForm(), CodeForm())


# Only refusals count, so that a whole class behind one address can sign in within the same minute.
@pages.post("/sign-in")
@limiter.limit(_rate, key_func=_address_and_number, deduct_when=_was_refused)
@limiter.limit("100 per minute", deduct_when=_was_refused)
def by_password() -> str | Response | tuple[str, int]:
    """Sign in by number and password."""
    form = SignInForm()
    if not form.validate_on_submit():
        return _render(form, CodeForm()), REFUSED
    found = accounts.authenticate(db(), form.number.data, form.password.data)
    if found is None:
        form.password.errors = [
            "Number and password do not fit together. If you have no password yet, use the code from your lecturer."
        ]
        return _render(form, CodeForm()), REFUSED
    db().commit()
    return _begin(found)


@pages.post("/sign-in/code")
# A code has 58 bits: a class that mistypes is likelier than a thief who guesses.
@limiter.limit("60 per minute", deduct_when=_was_refused)
def by_code() -> str | Response | tuple[str, int]:
    """Sign in by a one-time code, and go on to choosing a password."""
    form = CodeForm()
    if not form.validate_on_submit():
        return _render(SignInForm(formdata=None), form, code_first=True), REFUSED
    found = accounts.redeem_code(db(), form.code.data)
    db().commit()
    if found is None:
        form.code.errors = ["This code is not valid: mistyped, used already, replaced or too old. Ask for a new one."]
        return _render(SignInForm(formdata=None), form, code_first=True), REFUSED
    target = safe_next(request.args.get("next"))
    sign_in(found)
    session[BY_CODE] = True
    return redirect(url_for("session.password", next=target))


def _begin(found: Person) -> Response:
    target = safe_next(request.args.get("next"))
    sign_in(found)
    return redirect(target)


def _render(form: SignInForm, code_form: CodeForm, *, code_first: bool = False) -> str:
    target = safe_next(request.args.get("next"))
    return render_template("session/sign_in.html", form=form, code_form=code_form, code_first=code_first, target=target)


@pages.post("/sign-out")
def end() -> Response:
    """Sign out."""
    sign_out()
    flash("You are signed out.")
    return redirect(url_for("session.form"))


@pages.route("/password", methods=["GET", "POST"])
@limiter.limit(_rate, methods=["POST"], deduct_when=_was_refused)
@login_required
def password() -> str | Response | tuple[str, int]:
    """Choose or change the password. Whoever came by a code is not asked for the one that they forgot."""
    form = PasswordForm()
    fresh = session.get(BY_CODE, False) or person().password_hash is None
    if fresh:
        del form.current
    target = safe_next(request.args.get("next"))
    page = {"form": form, "fresh": fresh, "target": target}
    if request.method == "GET":
        return render_template("session/password.html", **page)
    if not form.validate_on_submit() or not _current_is_right(form) or not _was_set(form):
        return render_template("session/password.html", **page), REFUSED
    db().commit()
    sign_in(person())
    flash("Your password is saved. Sessions on other devices are signed out.", "success")
    return redirect(target)


def _current_is_right(form: PasswordForm) -> bool:
    if form.current is None:
        return True
    if accounts.authenticate(db(), person().number, form.current.data or "") is not None:
        return True
    form.current.errors = ["This is not your current password."]
    return False


def _was_set(form: PasswordForm) -> bool:
    try:
        accounts.set_password(db(), person(), form.new.data)
    except PasswordRefused as refusal:
        db().rollback()
        form.new.errors = [refusal.message]
        return False
    return True
