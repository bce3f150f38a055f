"""The questions of a quiz: choosing them, looking at one, ordering, points, and taking the bank's newer text."""

from __future__ import annotations

import difflib
from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask_login import login_required

from server.context import bank, db
from server.models import Quiz, QuizItem
from server.quiz.drawing import DrawError
from server.quiz.question import Question
from server.rendering.question_pages import example
from server.services.errors import Refused
from server.services.quizzes import composing, questions
from server.views.quiz_bank import wanted_of
from server.views.quiz_composer import number, part_of, quiz_of, read_item, refused, saved, to, words

pages = Blueprint("quiz_items", __name__, url_prefix="/courses/<slug>/quizzes/<int:quiz_id>")
pages.context_processor(words)

LARGEST_SEED = 10_000
MOST_CHOSEN = 200


@pages.get("/parts/<int:part_id>/questions")
@login_required
def choose(slug: str, quiz_id: int, part_id: int) -> str:
    """The questions that can be added to a part, narrowed down as the address says."""
    quiz = quiz_of(slug, quiz_id)
    found = part_of(quiz, part_id) or abort(404)
    everything = questions.groups(db(), quiz.course, bank())
    wanted = wanted_of(request.args)
    groups = questions.groups(db(), quiz.course, bank(), wanted)
    return render_template(
        "quiz_desk/choose.html",
        course=quiz.course,
        quiz=quiz,
        part=found,
        groups=groups,
        topics=[(group.folder, group.title) for group in everything],
        wanted=wanted,
        count=sum(len(group.entries) for group in groups),
        total=sum(len(group.entries) for group in everything),
        present={item.origin for each in quiz.parts for item in each.items},
    )


@pages.post("/parts/<int:part_id>/questions")
@login_required
def add(slug: str, quiz_id: int, part_id: int) -> Response:
    """Copy the chosen questions into a part."""
    quiz = quiz_of(slug, quiz_id)
    found = part_of(quiz, part_id) or abort(404)
    origins = request.form.getlist("origin")[:MOST_CHOSEN]
    chosen = [questions.entry(db(), quiz.course, bank(), origin) for origin in origins]
    try:
        items = composing.add_items(db(), found, [entry for entry in chosen if entry is not None])
    except Refused as refusal:
        return refused(quiz, refusal, f"part-{part_id}")
    if items:
        flash(f"{len(items)} question{'' if len(items) == 1 else 's'} added.", "success")
    elif not origins:
        flash("No question was chosen. Tick some, then add them.", "warning")
        return redirect(url_for("quiz_items.choose", slug=slug, quiz_id=quiz_id, part_id=part_id), 303)
    return saved(quiz, f"part-{part_id}")


@pages.get("/questions/<folder>/<name>")
@login_required
def peek(slug: str, quiz_id: int, folder: str, name: str) -> str:
    """One draw of a question that could be added, for the list to unfold."""
    quiz = quiz_of(slug, quiz_id)
    entry = questions.entry(db(), quiz.course, bank(), f"{folder}/{name}") or abort(404)
    return render_template("quiz_desk/peek.html", question=entry.question, **_example(entry.question, 0))


@pages.get("/items/<int:item_id>")
@login_required
def item(slug: str, quiz_id: int, item_id: int) -> str:
    """A question as the quiz has it; where the bank has another text by now, what differs."""
    quiz = quiz_of(slug, quiz_id)
    found = _item(quiz, item_id) or abort(404)
    question, newer = read_item(found), composing.newer(db(), bank(), found)
    seed = min(number("seed", request.args) or 0, LARGEST_SEED)
    return render_template(
        "quiz_desk/item.html",
        course=quiz.course,
        quiz=quiz,
        item=found,
        question=question,
        seed=seed,
        changes=_changes(question, newer) if newer is not None else [],
        **_example(question, seed),
    )


@pages.post("/items/<int:item_id>")
@login_required
def change_item(slug: str, quiz_id: int, item_id: int) -> Response:
    """Move a question, set its points, take the bank's text of today, or take it out."""
    quiz = quiz_of(slug, quiz_id)
    found = _item(quiz, item_id)
    if found is None:
        return to(quiz)
    anchor = f"part-{found.part_id}" if request.form.get("do") == "remove" else f"item-{item_id}"
    try:
        _act_on_item(quiz, found, request.form.get("do", ""))
    except Refused as refusal:
        return refused(quiz, refusal, anchor)
    return saved(quiz, anchor)


def _act_on_item(quiz: Quiz, item: QuizItem, act: str) -> None:
    """Raises Refused."""
    if act in ("up", "down"):
        composing.move_item(db(), item, -1 if act == "up" else 1, seen=number("seen"))
    elif act == "remove":
        composing.remove_item(db(), item)
    elif act == "points":
        composing.set_points(db(), item, _points())
    elif act == "part":
        composing.move_to_part(db(), item, part_of(quiz, number("part") or 0) or abort(404))
    elif act == "refresh":
        newer = composing.newer(db(), bank(), item)
        if newer is not None:
            composing.refresh(db(), item, newer)
    else:
        abort(400)


def _points() -> float:
    """Raises Refused for what is no number."""
    try:
        return float(request.form.get("points", "").strip().replace(",", "."))
    except ValueError:
        raise Refused("Points are a number, such as 1 or 2.5.") from None


def _item(quiz: Quiz, item_id: int) -> QuizItem | None:
    return next((each for part in quiz.parts for each in part.items if each.id == item_id), None)


def _example(question: Question, seed: int) -> dict[str, Any]:
    try:
        return {"example": example(question, seed), "problem": ""}
    except DrawError as error:
        return {"example": None, "problem": str(error)}


def _changes(old: Question, new: Question) -> list[tuple[str, str]]:
    """The lines of a question's text that differ, each with `-` for the quiz's and `+` for the bank's."""
    texts = [questions.source_of(each).splitlines() for each in (old, new)]
    lines = list(difflib.unified_diff(*texts, lineterm="", n=1))[2:]
    return [(line[:1], line[1:]) for line in lines if not line.startswith("@@")]
