"""What the buttons of a session's page do, by the word in their address."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flask import request

from server.context import db
from server.login import person
from server.models import QuizSession
from server.services.errors import Refused
from server.services.quizzes import pacing, scheduling, sessions


def _extend(session: QuizSession) -> bool:
    return sessions.extend_all(db(), session, _seconds(session), person(), expected=_expected())


def _extend_one(session: QuizSession) -> bool:
    number, once = request.form.get("number", ""), request.form.get("once") or None
    return sessions.extend_one(db(), session, number, _seconds(session), person(), once=once)


def _seconds(session: QuizSession) -> int:
    """How much time a form gives: a share of the session's length, or minutes. Raises Refused."""
    length, share = sessions.length_seconds(session), request.form.get("share", "")
    if share in ("25", "50"):
        if length is None:
            raise Refused("This session has no length to take a share of: give minutes instead.")
        return length * int(share) // 100
    try:
        minutes = float(request.form.get("minutes", "").strip().replace(",", "."))
        return round(minutes * 60)
    except (ValueError, OverflowError):
        raise Refused("Say how many minutes, such as 2 or 1.5.") from None


def _copy_again(session: QuizSession) -> bool:
    scheduling.copy_again(db(), session, person())
    return True


def _simple(act: Callable[..., bool]) -> Callable[[QuizSession], bool]:
    return lambda session: act(db(), session, person(), expected=_expected())


ACTS: Mapping[str, Callable[[QuizSession], bool]] = {
    "start": _simple(sessions.start),
    "pause": _simple(sessions.pause),
    "resume": _simple(sessions.resume),
    "extend": _extend,
    "extend-one": _extend_one,
    "end": _simple(sessions.end),
    "release": _simple(sessions.release),
    "withhold": _simple(sessions.withhold),
    "cancel": lambda session: scheduling.cancel(db(), session, person()),
    "copy-again": _copy_again,
    "forward": _simple(pacing.forward),
    "back": _simple(pacing.back),
    "reveal": _simple(pacing.reveal),
}


def _expected() -> str | None:
    return request.form.get("expected") or None
