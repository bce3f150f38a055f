"""Practising: one question after the other or all in a list, with fresh numbers each time and feedback at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from flask_login import current_user
from itsdangerous import BadSignature, URLSafeSerializer

from server.context import context, db
from server.models import Mode, Person, QuizSession, SessionItem, utcnow
from server.quiz.drawing import DrawError
from server.quiz.paper import PaperQuestion
from server.rendering.practice import show_feedback
from server.rendering.sheet import ShownQuestion, show
from server.security import limiter
from server.services.errors import AnswerRefused
from server.services.quizzes import clock, joining, practice
from server.services.quizzes.clock import Phase

pages = Blueprint("quiz_practice", __name__, url_prefix="/q/<code>/practice")

REFUSED = 422
SALT = "stride.quiz.practice"
FRAGMENT = "X-Fragment"
RATE = "3000 per minute"


@dataclass(frozen=True, slots=True)
class Dealt:
    """A question as it was dealt: `token` says to the server which numbers it has, and to nobody else."""

    shown: ShownQuestion
    title: str
    token: str


@pages.get("")
def index(code: str) -> str:
    """The list of questions, and how often one has tried each."""
    session = _session(code)
    items = practice.items_of(db(), session)
    reader = _reader()
    return render_template(
        "quiz_sitting/practice.html",
        session=session,
        phase=clock.phase(session, None, utcnow()).value,
        may_practise=practice.may_practise(db(), session, reader),
        signed_in=reader is not None,
        titles=[_title(item) for item in items],
        tries=[_tries(session, reader).get(item.id) for item in items],
    )


@pages.get("/all")
def every(code: str) -> Response | str:
    """Every question with fresh numbers, in one list."""
    session = _session(code)
    if not _is_open(session):
        return _to_index(session)
    items = practice.items_of(db(), session)
    dealt = [_deal(session, items, position) for position in range(len(items))]
    return render_template("quiz_sitting/practice_all.html", session=session, dealt=dealt)


@pages.get("/<int:number>")
def one(code: str, number: int) -> Response | str:
    """One question with fresh numbers."""
    session = _session(code)
    if not _is_open(session):
        return _to_index(session)
    items = _items(session, number)
    return _page(session, items, number, dealt=_deal(session, items, number - 1))


@pages.post("/<int:number>")
@limiter.limit(RATE)
def answer(code: str, number: int) -> Response | str | tuple[str, int]:
    """Look at an answer and say at once what is right about it, and why."""
    session = _session(code)
    if not _is_open(session):
        return _to_index(session)
    items = _items(session, number)
    seed = _seed(session, items[number - 1])
    if seed is None:
        return redirect(url_for("quiz_practice.one", code=session.code, number=number), 303)
    asked = practice.question(session, items, number - 1, seed)
    picked = [int(each) for each in request.form.getlist("picked") if each.isdigit() and len(each) < 3]
    try:
        response = practice.read_response(asked, picked, request.form.get("text", ""))
    except AnswerRefused as refusal:
        dealt = _dealt(session, items[number - 1], asked, seed)
        return _page(session, items, number, dealt=dealt, error=refusal.message, typed=request.form), REFUSED
    feedback = practice.check(db(), asked, response, seed, _reader(), utcnow())
    db().commit()
    return _page(session, items, number, feedback=show_feedback(feedback))


def _session(code: str) -> QuizSession:
    session = joining.session_by_code(db(), code)
    if session is None or session.mode is not Mode.PRACTICE:
        abort(404)
    return session


def _reader() -> Person | None:
    return current_user.person if current_user.is_authenticated else None


def _is_open(session: QuizSession) -> bool:
    is_open = clock.phase(session, None, utcnow()) is Phase.OPEN
    return is_open and practice.may_practise(db(), session, _reader())


def _to_index(session: QuizSession) -> Response:
    return redirect(url_for("quiz_practice.index", code=session.code), 303)  # type: ignore[return-value]


def _items(session: QuizSession, number: int) -> list[SessionItem]:
    items = practice.items_of(db(), session)
    if not 1 <= number <= len(items):
        abort(404)
    return items


def _title(item: SessionItem) -> str:
    return str(item.definition.get("title") or "")


def _tries(session: QuizSession, reader: Person | None) -> dict[int, practice.Tries]:
    return practice.own_tries(db(), session, reader) if reader is not None else {}


def _deal(session: QuizSession, items: list[SessionItem], position: int) -> Dealt:
    try:
        seed = practice.new_seed(items[position])
    except DrawError:
        abort(404, "This question cannot be shown at the moment. Choose another one.")
    return _dealt(session, items[position], practice.question(session, items, position, seed), seed)


def _dealt(session: QuizSession, item: SessionItem, asked: PaperQuestion, seed: int) -> Dealt:
    return Dealt(show(asked, item.points), _title(item), _signer().dumps([session.code, item.id, seed]))


def _seed(session: QuizSession, item: SessionItem) -> int | None:
    """The seed of the question that was answered; None where the form is not ours, or of another question."""
    try:
        code, item_id, seed = _signer().loads(request.form.get("token", ""))
    except (BadSignature, ValueError, TypeError):
        return None
    return seed if (code, item_id) == (session.code, item.id) else None


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(context().settings.secret_key, salt=SALT)


def _page(session: QuizSession, items: list[SessionItem], number: int, **shown: Any) -> str:
    """A question's page, or, for the script, the question alone."""
    name = "practice_question" if FRAGMENT in request.headers else "practice_one"
    return render_template(
        f"quiz_sitting/{name}.html",
        session=session,
        number=number,
        total=len(items),
        title=_title(items[number - 1]),
        **{"dealt": None, "feedback": None, "error": "", "typed": {}} | shown,
    )
