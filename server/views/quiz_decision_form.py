"""The form in which a lecturer decides about a question: filled with what stands, and read."""

from __future__ import annotations

from werkzeug.datastructures import MultiDict

from server.models import SessionItem
from server.quiz.correction import Correction, Remedy
from server.quiz.numbers import NumberError, parse_number
from server.quiz.question import Answer, Kind
from server.services.errors import Refused
from server.services.quizzes.results import question_of

UNDO = "undo"
MORE_NUMBERS = 2
MOST_NUMBERS = 12


def read_decision(form: MultiDict[str, str], kind: Kind) -> Correction | None:
    """The correction that a form describes; None where it undoes one. Raises Refused."""
    chosen = form.get("remedy", "")
    if chosen == UNDO:
        return None
    try:
        remedy = Remedy(chosen)
    except ValueError:
        raise Refused("Choose what is to be done about this question.") from None
    reason = " ".join(form.get("reason", "").split())
    if remedy is not Remedy.KEY:
        return Correction(remedy, reason=reason)
    if kind is Kind.NUMERIC:
        return Correction(remedy, answers=_numbers(form), reason=reason)
    places = sorted({int(place) for place in form.getlist("right") if place.isdecimal()})
    return Correction(remedy, right=tuple(places), reason=reason)


def _numbers(form: MultiDict[str, str]) -> tuple[Answer, ...]:
    rows = zip(form.getlist("value"), form.getlist("tolerance"), form.getlist("percent"), strict=False)
    filled = [row for row in rows if row[0].strip()][:MOST_NUMBERS]
    return tuple(
        Answer(_as_expression(value), _as_expression(tolerance or "0"), _part(part))
        for value, tolerance, part in filled
    )


def _as_expression(text: str) -> str:
    """A number however it is typed, in digits; anything else as it is, to be read as an expression."""
    try:
        return f"{parse_number(text):.15g}"
    except NumberError:
        return text.strip()


def _part(text: str) -> float:
    try:
        return round(parse_number(text or "100") / 100, 6)
    except NumberError:
        raise Refused(f"“{text[:30]}” is no percentage. Write 100 for full marks.") from None


def stored_form(item: SessionItem) -> MultiDict[str, str]:
    """The form as it stands: the key that counts now."""
    question = question_of(item)
    right = [place for place, option in enumerate(question.options) if option.is_right]
    answers = [(each.value, each.tolerance, each.fraction) for each in question.answers if each.fraction > 0]
    if item.correction and item.correction["remedy"] == Remedy.KEY:
        right, answers = item.correction["right"], item.correction["answers"]
    form: MultiDict[str, str] = MultiDict([("right", str(place)) for place in right])
    for value, tolerance, part in answers:
        form.add("value", value)
        form.add("tolerance", tolerance)
        form.add("percent", f"{100 * part:.6g}")
    return form


def number_rows(form: MultiDict[str, str]) -> list[tuple[str, str, str]]:
    """The rows of accepted numbers, with empty ones to add to."""
    rows = list(zip(form.getlist("value"), form.getlist("tolerance"), form.getlist("percent"), strict=False))
    filled = [row for row in rows if row[0].strip()]
    return [*filled, *[("", "", "")] * MORE_NUMBERS][:MOST_NUMBERS]
