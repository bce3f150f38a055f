"""The questions that a lecturer chooses from, and the course's own: to look at, to write, to copy, to delete."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask_login import login_required
from werkzeug.datastructures import MultiDict

from server.context import bank, db
from server.models import Course
from server.quiz.beginnings import BEGINNINGS
from server.quiz.drawing import DrawError
from server.quiz.functions import FUNCTIONS
from server.quiz.proving import varies
from server.quiz.question import Kind, Question
from server.quiz.source import QuestionError, read_question
from server.rendering.question_pages import DIFFICULTIES, KINDS, SCORINGS, Example, example, name_of
from server.rendering.questions import show_inline
from server.services.errors import QuestionRefused
from server.services.quizzes import questions
from server.services.quizzes.questions import OWN, Entry, Wanted
from server.views.access import lecturers_course

pages = Blueprint("quiz_bank", __name__, url_prefix="/courses/<slug>/questions")

REFUSED = 422
LARGEST_SEED = 2**31 - 1
LONGEST_SEARCH = 200


@pages.context_processor
def words() -> dict[str, Any]:
    """What the templates call kinds, difficulties and questions."""
    return {"kinds": KINDS, "difficulties": DIFFICULTIES, "scorings": SCORINGS, "name_of": name_of, "varies": varies}


@pages.get("/")
@login_required
def index(slug: str) -> str:
    """Every question of the bank and of the course, by topic, narrowed down as the address says."""
    course = lecturers_course(slug)
    wanted = wanted_of(request.args)
    everything = questions.groups(db(), course, bank())
    found = questions.groups(db(), course, bank(), wanted)
    return render_template(
        "quiz_bank/index.html",
        course=course,
        groups=found,
        topics=[(group.folder, group.title) for group in everything],
        wanted=wanted,
        count=sum(len(group.entries) for group in found),
        total=sum(len(group.entries) for group in everything),
        broken=bank().broken(),
        unreadable=questions.unreadable(db(), course),
    )


def wanted_of(values: MultiDict[str, str]) -> Wanted:
    """What an address narrows the list down to; what it cannot mean is left out."""
    kind, difficulty = values.get("kind", ""), values.get("difficulty", "")
    return Wanted(
        folder=values.get("topic", "")[:LONGEST_SEARCH],
        kind=Kind(kind) if kind in list(Kind) else None,
        difficulty=int(difficulty) if difficulty in ("1", "2", "3") else None,
        text=values.get("text", "").strip()[:LONGEST_SEARCH],
    )


@pages.get("/<folder>/<name>/")
@login_required
def show(slug: str, folder: str, name: str) -> str:
    """One question with a draw of it: which one is in the address, as `?seed=3`."""
    course = lecturers_course(slug)
    entry = _entry(course, folder, name)
    seed = _seed(request.args)
    return render_template(
        "quiz_bank/question.html",
        course=course,
        entry=entry,
        record=questions.own_record(db(), course, name) if folder == OWN else None,
        text=questions.source_of(entry.question),
        **_example(entry.question, seed),
    )


@pages.post("/<folder>/<name>/copy")
@login_required
def copy(slug: str, folder: str, name: str) -> Response:
    """Make a question anew as the course's own, to be changed."""
    course = lecturers_course(slug)
    try:
        made = questions.copy(db(), course, _entry(course, folder, name))
    except QuestionRefused as refusal:
        db().rollback()
        flash(refusal.message, "warning")
        return redirect(url_for("quiz_bank.show", slug=slug, folder=folder, name=name), 303)
    db().commit()
    flash(f"{made} is now one of this course's own questions. Change what you like.", "success")
    return redirect(url_for("quiz_bank.edit", slug=slug, name=made), 303)


@pages.get("/new")
@login_required
def new(slug: str) -> str:
    """The form for a new question; it begins with a small whole question of the kind that the address names."""
    kind = request.args.get("kind", "")
    chosen = Kind(kind) if kind in list(Kind) else Kind.SINGLE
    return _form(lecturers_course(slug), BEGINNINGS[chosen], None, chosen)


@pages.post("/new")
@login_required
def create(slug: str) -> str | Response | tuple[str, int]:
    """Store a new question, or show what it would look like, or say what is wrong and keep what was typed."""
    return _saved(lecturers_course(slug), None)


@pages.get("/own/<name>/edit")
@login_required
def edit(slug: str, name: str) -> str:
    """The form of one of the course's own questions."""
    course = lecturers_course(slug)
    return _form(course, questions.source_of(_entry(course, OWN, name).question), name)


@pages.post("/own/<name>/edit")
@login_required
def change(slug: str, name: str) -> str | Response | tuple[str, int]:
    """Store the changed question, or show what it would look like, or say what is wrong and keep what was typed."""
    course = lecturers_course(slug)
    _entry(course, OWN, name)
    return _saved(course, name)


@pages.post("/preview")
@login_required
def preview(slug: str) -> str:
    """The part of the form's page that shows what the typed text makes, or what is wrong with it."""
    lecturers_course(slug)
    return render_template("quiz_bank/preview.html", **_preview(_typed(), _seed(request.form)))


@pages.post("/own/<name>/delete")
@login_required
def delete(slug: str, name: str) -> Response:
    """Take one of the course's own questions away. Quizzes hold copies, so they keep it."""
    course = lecturers_course(slug)
    if not questions.delete(db(), course, name):
        abort(404)
    db().commit()
    flash(f"{name} is deleted. Quizzes that ask it keep their copy.")
    return redirect(url_for("quiz_bank.index", slug=slug), 303)


def _entry(course: Course, folder: str, name: str) -> Entry:
    found = questions.entry(db(), course, bank(), f"{folder}/{name}")
    if found is None:
        abort(404)
    return found


def _seed(values: Mapping[str, str]) -> int:
    text = values.get("seed", "")
    return min(int(text), LARGEST_SEED) if text.isascii() and text.isdecimal() and len(text) <= 10 else 0


def _typed() -> str:
    return request.form.get("text", "").replace("\r\n", "\n")


def _example(question: Question, seed: int) -> dict[str, Any]:
    """The draw, or why there is none: a question of the bank may fail at a seed that no check has tried."""
    drawn: Example | None = None
    problem = ""
    try:
        drawn = example(question, seed)
    except DrawError as error:
        problem = str(error)
    return {"question": question, "example": drawn, "seed": seed, "problem": problem}


def _preview(text: str, seed: int) -> dict[str, Any]:
    try:
        question = read_question(text)
    except QuestionError as error:
        return {"question": None, "example": None, "seed": seed, "problem": str(error)}
    return _example(question, seed)


def _saved(course: Course, name: str | None) -> str | Response | tuple[str, int]:
    text = _typed()
    if "preview" in request.form:
        return _form(course, text, name)
    try:
        question = questions.save(db(), course, text, name)
    except QuestionRefused as refusal:
        db().rollback()
        return _form(course, text, name, problem=refusal.message), REFUSED
    db().commit()
    flash(f"{question.id} is saved.", "success")
    return redirect(url_for("quiz_bank.show", slug=course.slug, folder=OWN, name=question.id), 303)


def _form(course: Course, text: str, name: str | None, kind: Kind | None = None, problem: str = "") -> str:
    seen = _preview(text, _seed(request.form))
    return render_template(
        "quiz_bank/edit.html",
        course=course,
        text=text,
        name=name,
        kind=kind,
        functions={called: show_inline(function.__doc__ or "") for called, function in FUNCTIONS.items()},
        refusal=problem,
        **seen,
    )
