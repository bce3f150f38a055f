"""What the times of a session mean, by the server's clock alone. Pure: a session, a participant, a moment."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from server.models import Mode, Participant, QuizSession, Stage


class Phase(StrEnum):
    """Where a session, or one participant in it, stands."""

    WAITING = "waiting"
    OPEN = "open"
    PAUSED = "paused"
    CLOSED = "closed"


def phase(session: QuizSession, participant: Participant | None, now: datetime) -> Phase:
    """Where `participant` stands at `now`; without one, where the session does (extra time of others not counted)."""
    if session.opens_at is not None and now < session.opens_at:
        return Phase.WAITING
    if is_over(session, participant, session.paused_at or now):
        return Phase.CLOSED
    if session.opens_at is None and session.mode is not Mode.PRACTICE:
        return Phase.WAITING
    return Phase.PAUSED if session.paused_at is not None else Phase.OPEN


def is_over(session: QuizSession, participant: Participant | None, now: datetime) -> bool:
    """Whether the close has passed, or the lecturer ended the session."""
    if session.ended_at is not None and session.ended_at <= now:
        return True
    close = closes_at(session, participant)
    return close is not None and now >= close


def closes_at(session: QuizSession, participant: Participant | None = None) -> datetime | None:
    """When `participant` must be done: the common close or the personal limit, whichever is first, plus extra time.

    None where nothing closes it but the lecturer. An ended session closed when it was ended. While paused, the time
    that is left stands still, so the close is the one that a resume now would move.
    """
    if session.ended_at is not None:
        return session.ended_at
    close = session.closes_at
    if participant is None:
        return close
    if session.mode is Mode.WINDOW and session.limit_seconds is not None:
        own = max(participant.joined_at, session.opens_at or participant.joined_at)
        limit = own + timedelta(seconds=session.limit_seconds + participant.paused_seconds)
        close = limit if close is None else min(close, limit)
    return close + timedelta(seconds=participant.extra_seconds) if close is not None else None


def everybody_is_done_at(session: QuizSession, extra_seconds: int) -> datetime | None:
    """The last close of all: the session's plus the longest extra time (`extra_seconds`) that anybody has in it."""
    close = closes_at(session)
    if close is None or session.ended_at is not None:
        return close
    return close + timedelta(seconds=extra_seconds)


def accepts(session: QuizSession, participant: Participant, position: int, arrived: datetime) -> bool:
    """Whether an answer to the item at `position` that reached the server at `arrived` counts.

    One that was sent in time may arrive up to `grace_seconds` late. A paced session takes answers to the question on
    show while it is open, and a question with a limit closes by itself.
    """
    in_time = arrived - timedelta(seconds=session.grace_seconds)
    if session.opens_at is None or arrived < session.opens_at:
        return False
    if session.paused_at is not None and session.paused_at <= in_time:
        return False
    if is_over(session, participant, in_time):
        return False
    return session.mode is not Mode.PACED or _paced_accepts(session, participant, position, in_time)


def paced_closes_at(session: QuizSession, participant: Participant | None = None) -> datetime | None:
    """When the question on show of a paced session closes by itself; None where the lecturer closes it."""
    if session.stage is not Stage.OPEN or session.stage_at is None or session.limit_seconds is None:
        return None
    extra = participant.extra_seconds if participant is not None else 0
    return session.stage_at + timedelta(seconds=session.limit_seconds + extra)


def moved_by_pause(session: QuizSession, resumed: datetime) -> timedelta:
    """How far a resume at `resumed` moves every time that lies ahead."""
    return resumed - session.paused_at if session.paused_at is not None else timedelta(0)


def _paced_accepts(session: QuizSession, participant: Participant, position: int, in_time: datetime) -> bool:
    if session.current != position:
        return False
    if session.stage is not Stage.OPEN:
        return session.stage_at is not None and in_time <= session.stage_at
    close = paced_closes_at(session, participant)
    return close is None or in_time < close
