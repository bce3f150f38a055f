"""One question of a session and how it was answered; deciding about it, with a look at who would change before."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask_login import login_required
from werkzeug.datastructures import MultiDict

from server.context import bank, db
from server.login import person
from server.models import Course, QuizSession, SessionItem
from server.quiz.analysis.readings import read_item
from server.quiz.correction import Correction
from server.rendering.questions import show_inline, show_text
from server.rendering.result_sheet import accepted_numbers
from server.rendering.sheet import LETTERS
from server.services.errors import Refused
from server.services.quizzes.answers import answers_of, chance_of, example_of
from server.services.quizzes.corrections import LONGEST_REASON, Preview, decide, preview, stamp, unmended
from server.services.quizzes.results import Marks, marks, question_of
from server.views.quiz_decision_form import number_rows, read_decision, stored_form
from server.views.quiz_results import LARGEST_ID, frame, lecturers_session, words

pages = Blueprint(
    "quiz_decisions",
    __name__,
    url_prefix="/courses/<slug>/quizzes/sessions/<int:session_id>/results/questions/<int:item_id>",
)

REFUSED = 422


pages.context_processor(words)


@pages.get("/")
@login_required
def index(slug: str, session_id: int, item_id: int) -> str:
    """The question, who picked what, and what can be decided about it."""
    course, session, item = _item(slug, session_id, item_id)
    return _page(course, session, item, stored_form(item))


@pages.post("/preview")
@login_required
def look(slug: str, session_id: int, item_id: int) -> str | tuple[str, int]:
    """Who would change, and by how much."""
    course, session, item = _item(slug, session_id, item_id)
    try:
        correction = read_decision(request.form, question_of(item).kind)
        found = preview(db(), session, item, correction)
    except Refused as refusal:
        return _page(course, session, item, request.form, refusal.message), REFUSED
    return _preview_page(course, session, item, correction, found)


@pages.post("/decide")
@login_required
def apply(slug: str, session_id: int, item_id: int) -> Response | tuple[str, int]:
    """Do what was looked at."""
    course, session, item = _item(slug, session_id, item_id)
    form = request.form
    try:
        correction = read_decision(form, question_of(item).kind)
        found = decide(
            db(),
            session,
            item,
            correction,
            person(),
            expected=form.get("stamp", ""),
            reason=form.get("reason", "").strip(),
        )
        db().commit()
    except Refused as refusal:
        db().rollback()
        return _page(course, session, item, form, refusal.message), REFUSED
    done = "The correction is undone" if correction is None else "Decided"
    flash(f"{done}: the result of {_students(len(found.changes))} changed.", "success")
    return redirect(url_for("quiz_results.index", slug=slug, session_id=session_id), 303)


def _item(slug: str, session_id: int, item_id: int) -> tuple[Course, QuizSession, SessionItem]:
    course, session = lecturers_session(slug, session_id)
    item = db().get(SessionItem, item_id) if item_id < LARGEST_ID else None
    if item is None or item.session_id != session.id:
        abort(404)
    return course, session, item


def _page(course: Course, session: QuizSession, item: SessionItem, form: MultiDict[str, str], refusal: str = "") -> str:
    found, question = marks(db(), session), question_of(item)
    example, column = example_of(found, item), found.column(item)
    figures = found.figures(column)
    return render_template(
        "quiz_results/item.html",
        **frame(course, session),
        item=item,
        question=question,
        stem=show_text(example.stem if example else question.stem),
        accepted=accepted_numbers(example) if example else (),
        explanation=show_text(example.explanation if example else question.explanation),
        varies=_varies(found, item),
        figures=figures,
        reading=read_item(figures, chance_of(found, item)) if figures else None,
        chosen=[(each, show_inline(each.label), show_inline(each.why)) for each in answers_of(found, item)],
        options=[
            (place, LETTERS[place], show_inline(_label(found, item, place))) for place in range(len(question.options))
        ],
        correction=found.corrections.get(item.id),
        unmended=unmended(db(), course, bank(), item),
        form=form,
        refusal=refusal,
        stamp=stamp(item),
        number_rows=number_rows(form),
        longest_reason=LONGEST_REASON,
        letters=LETTERS,
        **_neighbours(session, item),
    )


def _preview_page(
    course: Course, session: QuizSession, item: SessionItem, correction: Correction | None, found: Preview
) -> str:
    return render_template(
        "quiz_results/preview.html",
        **frame(course, session),
        item=item,
        correction=correction,
        found=found,
        form=request.form,
        stamp=request.form.get("stamp", ""),
        letters=LETTERS,
    )


def _label(found: Marks, item: SessionItem, place: int) -> str:
    """An option with the numbers of the first who saw it, or as it is written."""
    for (_, item_id), drawn in found.draws.items():
        if item_id == item.id:
            for option in drawn.options:
                if option.place == place:
                    return option.text
    return question_of(item).options[place].text


def _varies(found: Marks, item: SessionItem) -> bool:
    """Whether participants had different numbers or options."""
    seen = {
        (drawn.stem, drawn.options, drawn.answers) for (_, item_id), drawn in found.draws.items() if item_id == item.id
    }
    return len(seen) > 1


def _neighbours(session: QuizSession, item: SessionItem) -> dict[str, Any]:
    place = [each.id for each in session.items].index(item.id)
    return {
        "before": session.items[place - 1] if place else None,
        "after": session.items[place + 1] if place + 1 < len(session.items) else None,
    }


def _students(count: int) -> str:
    return f"{count} student{'' if count == 1 else 's'}"
