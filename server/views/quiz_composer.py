"""Composing a quiz: its parts, the questions in them, what each is worth, and how a paper of it looks."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask_login import login_required

from server.context import bank, db
from server.models import Course, Quiz, QuizItem, QuizPart
from server.quiz.question import Question
from server.quiz.source import question_from_dict
from server.quiz_forms import RulesForm, TitleForm
from server.rendering.question_pages import DIFFICULTIES, KINDS, SCORINGS, name_of
from server.rendering.sheet import show
from server.services.errors import Refused
from server.services.quizzes import composing
from server.views.access import lecturers_course

pages = Blueprint("quiz_composer", __name__, url_prefix="/courses/<slug>/quizzes")

REFUSED = 422
LARGEST_SEED = 10_000
SEEDS_SHOWN = 3
MOST_CHOSEN = 200


@pages.context_processor
def words() -> dict[str, Any]:
    """What the templates call kinds, difficulties and questions."""
    return {
        "kinds": KINDS,
        "difficulties": DIFFICULTIES,
        "scorings": SCORINGS,
        "name_of": name_of,
        "as_question": read_item,
    }


@pages.post("/")
@login_required
def create(slug: str) -> Response:
    """Make a quiz, and go on to choosing its questions."""
    course, form = lecturers_course(slug), TitleForm()
    try:
        quiz = composing.create_quiz(db(), course, form.title.data or "", after=number("after"))
    except Refused as refusal:
        db().rollback()
        flash(refusal.message, "warning")
        return redirect(url_for("quiz_desk.index", slug=slug), 303)
    db().commit()
    return to(quiz)


@pages.get("/<int:quiz_id>/")
@login_required
def show_quiz(slug: str, quiz_id: int) -> str:
    """The quiz with everything that can be changed."""
    quiz = quiz_of(slug, quiz_id)
    return _page(quiz, RulesForm(formdata=None, data=_rules(quiz)))


@pages.post("/<int:quiz_id>/rules")
@login_required
def rules(slug: str, quiz_id: int) -> Response | tuple[str, int]:
    """Set the title and the rules for new sessions."""
    quiz, form = quiz_of(slug, quiz_id), RulesForm()
    if not form.validate_on_submit():
        return _page(quiz, form), REFUSED
    try:
        composing.settle(db(), quiz, **form.values())
    except Refused as refusal:
        db().rollback()
        form.title.errors = [refusal.message]
        return _page(quiz, form), REFUSED
    return saved(quiz)


@pages.post("/<int:quiz_id>/duplicate")
@login_required
def duplicate(slug: str, quiz_id: int) -> Response:
    """Make a copy of the quiz, and go on with that."""
    copy = composing.duplicate(db(), quiz_of(slug, quiz_id), after=number("after"))
    db().commit()
    flash(f"This is the copy. Give it a title of its own: it is called “{copy.title}” now.", "success")
    return to(copy)


@pages.post("/<int:quiz_id>/delete")
@login_required
def delete(slug: str, quiz_id: int) -> Response:
    """Delete a quiz that was never run."""
    quiz = quiz_of(slug, quiz_id)
    try:
        composing.delete(db(), quiz)
    except Refused as refusal:
        db().rollback()
        flash(refusal.message, "warning")
        return to(quiz)
    db().commit()
    flash(f"{quiz.title} is deleted.", "success")
    return redirect(url_for("quiz_desk.index", slug=slug), 303)


@pages.post("/<int:quiz_id>/parts")
@login_required
def add_part(slug: str, quiz_id: int) -> Response:
    """Add an empty part at the end."""
    quiz = quiz_of(slug, quiz_id)
    part = composing.add_part(db(), quiz, after=number("after"))
    return saved(quiz, f"part-{part.id}")


@pages.post("/<int:quiz_id>/parts/<int:part_id>")
@login_required
def part(slug: str, quiz_id: int, part_id: int) -> Response:
    """Name a part, say how many of it are asked, move it or take it out."""
    quiz = quiz_of(slug, quiz_id)
    found = part_of(quiz, part_id)
    if found is None:
        return to(quiz)
    try:
        _act_on_part(found, request.form.get("do", ""))
    except Refused as refusal:
        return refused(quiz, refusal, f"part-{part_id}")
    return saved(quiz, f"part-{part_id}")


@pages.get("/<int:quiz_id>/preview")
@login_required
def preview(slug: str, quiz_id: int) -> str:
    """A paper as a student would see it: which student's is in the address, as `?seed=3`."""
    quiz = quiz_of(slug, quiz_id)
    seed = min(number("seed", request.args) or 0, LARGEST_SEED)
    try:
        paper, problem = composing.paper_of(quiz, seed), ""
    except Refused as refusal:
        paper, problem = [], refusal.message
    first = seed - seed % SEEDS_SHOWN
    return render_template(
        "quiz_desk/preview.html",
        course=quiz.course,
        quiz=quiz,
        seed=seed,
        seeds=range(first, first + SEEDS_SHOWN),
        sheet=[show(question, points) for question, points in paper],
        problem=problem,
    )


def _act_on_part(part: QuizPart, act: str) -> None:
    """Raises Refused."""
    if act in ("up", "down"):
        composing.move_part(db(), part, -1 if act == "up" else 1, seen=number("seen"))
    elif act == "remove":
        composing.remove_part(db(), part)
    elif act == "change":
        composing.change_part(db(), part, title=request.form.get("title", ""), pick=_pick())
    else:
        abort(400)


def _pick() -> int | None:
    """Raises Refused for what is no number."""
    typed = request.form.get("pick", "").strip()
    if typed and not typed.isdecimal():
        raise Refused("How many are asked is a whole number; left empty, all are.")
    return int(typed[:6]) if typed else None


def number(name: str, values: Any = None) -> int | None:
    """A whole number of the form, or of `values`; None where there is none."""
    typed = (request.form if values is None else values).get(name, "")
    return int(typed) if typed.isdecimal() and len(typed) < 10 else None


def quiz_of(slug: str, quiz_id: int) -> Quiz:
    """A quiz of the course, for its lecturers. 404 for everybody else."""
    course: Course = lecturers_course(slug)
    quiz = db().get(Quiz, quiz_id) if quiz_id < 2**31 else None
    if quiz is None or quiz.course_id != course.id:
        abort(404)
    return quiz


def part_of(quiz: Quiz, part_id: int) -> QuizPart | None:
    """The quiz's part with this id."""
    return next((each for each in quiz.parts if each.id == part_id), None)


def read_item(item: QuizItem) -> Question:
    """The question of an item."""
    return question_from_dict(item.definition, item.origin)


def _rules(quiz: Quiz) -> dict[str, Any]:
    return {
        "title": quiz.title,
        "numbers": quiz.numbers.value,
        "shuffles_questions": quiz.shuffles_questions,
        "shuffles_options": quiz.shuffles_options,
    }


def _page(quiz: Quiz, form: RulesForm) -> str:
    items = [item for part in quiz.parts for item in part.items]
    newest = max((each.id for each in composing.quizzes_of(db(), quiz.course)), default=0)
    return render_template(
        "quiz_desk/composer.html",
        course=quiz.course,
        quiz=quiz,
        form=form,
        asked=composing.question_count(quiz),
        points=composing.points_of(quiz),
        differing={item.id for item in items if composing.newer(db(), bank(), item) is not None},
        newest=newest,
    )


def saved(quiz: Quiz, anchor: str | None = None) -> Response:
    """Commit, and go back to the quiz."""
    db().commit()
    return to(quiz, anchor)


def refused(quiz: Quiz, refusal: Refused, anchor: str | None = None) -> Response:
    """Undo, and go back to the quiz with the reason."""
    db().rollback()
    flash(refusal.message, "warning")
    return to(quiz, anchor)


def to(quiz: Quiz, anchor: str | None = None) -> Response:
    """To the quiz's page."""
    slug = quiz.course.slug
    return redirect(url_for("quiz_composer.show_quiz", slug=slug, quiz_id=quiz.id, _anchor=anchor), 303)
