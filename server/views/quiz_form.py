"""The questions as one plain form, for browsers without scripts: what changed in it, and what is told afterwards."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime

from flask import flash, request

from server.context import db
from server.models import Participant, QuizAnswer
from server.services.errors import AnswerRefused
from server.services.quizzes.answering import answers_of
from server.services.quizzes.changes import Change, Outcome, is_same, read_change
from server.views.quiz_device import Device

NOT_SAVED = {
    Outcome.SUPERSEDED: "A newer answer is stored already; it stays.",
    Outcome.WAITING: "The quiz is not open, so nothing was saved.",
    Outcome.PAUSED: "The quiz is paused, so nothing was saved. Your time stands still; save again when it goes on.",
    Outcome.CLOSED: "The time was over: these changes were not saved. What was saved before counts.",
    Outcome.NOT_ON_SHOW: "This question is closed: this change was not saved. What was saved before counts.",
    Outcome.OTHER_DEVICE: "Your number answers on another device now, so nothing was saved here.",
    Outcome.UNKNOWN: "This answer does not fit its question, so it was not saved.",
}


def changes_of_form(participant: Participant, device: Device, arrived: datetime) -> list[Change]:
    """The answers of the form that differ from what is stored; one that cannot be read is told and left out."""
    given = answers_of(db(), participant)
    changes = []
    for place, entry in enumerate(participant.paper):
        stored = given.get(entry["item"])
        try:
            change = _change(place, stored, participant, device, arrived)
        except AnswerRefused as refusal:
            flash(f"Question {place + 1}: {refusal.message}", "warning")
            continue
        if change is not None and not is_same(change, entry, stored):
            changes.append(change)
    return changes


def tell(outcomes: Sequence[Outcome]) -> None:
    """Say how many answers were saved, and why others were not."""
    saved = sum(outcome is Outcome.SAVED for outcome in outcomes)
    if saved:
        flash(f"Saved: {saved} {'answer' if saved == 1 else 'answers'}. All others are as they were.", "success")
    if not outcomes:
        flash("Everything was saved already.", "success")
    for outcome in sorted(set(outcomes) - {Outcome.SAVED}):
        flash(NOT_SAVED[outcome], "warning")


def _change(
    place: int, stored: QuizAnswer | None, participant: Participant, device: Device, arrived: datetime
) -> Change | None:
    """What the form says about the question at `place`; None where it does not show it. Raises AnswerRefused."""
    name = f"q{place + 1}"
    if f"{name}-shown" not in request.form:
        return None
    # The time of arrival orders the forms of a browser that does not count its changes.
    sequence = max(stored.sequence + 1 if stored is not None else 1, round(arrived.timestamp() * 1000))
    data = {
        "question": place + 1,
        "picked": [int(each) for each in request.form.getlist(name) if each.isdigit() and len(each) < 3],
        "text": request.form.get(f"{name}-text", ""),
        "sequence": sequence,
        "token": secrets.token_urlsafe(12),
    }
    return read_change(data, participant.id, device.name, arrived)
