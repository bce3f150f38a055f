"""What the times of a session mean, by the server's clock alone. Pure: a session, a participant, a moment.

All times are aware and in UTC: a session that was set for nine o'clock of a zone opens then, whatever its clocks do.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from server.models import Mode, Stage


class Phase(StrEnum):
    """Where a session, or one participant in it, stands."""

    WAITING = "waiting"
    OPEN = "open"
    PAUSED = "paused"
    CLOSED = "closed"


class Timing(Protocol):
    """The times of a session, as `QuizSession` or a row with its columns has them."""

    mode: Mode
    opens_at: datetime | None
    closes_at: datetime | None
    limit_seconds: int | None
    grace_seconds: float
    paused_at: datetime | None
    ended_at: datetime | None
    stage: Stage
    stage_at: datetime | None
    current: int | None


class OwnTiming(Protocol):
    """The times of one student, as `Participant` or a row with its columns has them."""

    joined_at: datetime
    extra_seconds: int
    paused_seconds: float


def phase(session: Timing, participant: OwnTiming | None, now: datetime) -> Phase:
    """Where `participant` stands at `now`; without one, where the session does (extra time of others not counted)."""
    if is_over(session, participant, now):
        return Phase.CLOSED
    if session.opens_at is not None and _standing(session, now) < session.opens_at:
        return Phase.WAITING
    if session.opens_at is None and session.mode is not Mode.PRACTICE:
        return Phase.WAITING
    return Phase.PAUSED if session.paused_at is not None else Phase.OPEN


def is_over(session: Timing, participant: OwnTiming | None, now: datetime) -> bool:
    """Whether the close has passed, or the lecturer ended the session. No close passes while the session is paused."""
    if session.ended_at is not None and session.ended_at <= now:
        return True
    close = closes_at(session, participant)
    return close is not None and _standing(session, now) >= close


def closes_at(session: Timing, participant: OwnTiming | None = None) -> datetime | None:
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
        limit = began_at(session, participant)
        limit += timedelta(seconds=session.limit_seconds + participant.paused_seconds)
        close = limit if close is None else min(close, limit)
    return close + timedelta(seconds=participant.extra_seconds) if close is not None else None


def began_at(session: Timing, participant: OwnTiming) -> datetime:
    """When the time of `participant` began to run: at the opening, or on joining for who joined later."""
    return max(participant.joined_at, session.opens_at or participant.joined_at)


def left(session: Timing, participant: OwnTiming | None, now: datetime) -> timedelta | None:
    """How much time there is to the close, at least none; None where nothing closes it. A pause holds it."""
    close = closes_at(session, participant)
    return None if close is None else max(close - _standing(session, now), timedelta(0))


def everybody_is_done_at(session: Timing, extra_seconds: int) -> datetime | None:
    """The last close of all: the session's plus the longest extra time (`extra_seconds`) that anybody has in it."""
    close = closes_at(session)
    if close is None or session.ended_at is not None:
        return close
    return close + timedelta(seconds=extra_seconds)


def accepts(session: Timing, participant: OwnTiming, position: int, arrived: datetime) -> bool:
    """Whether an answer to the question at `position` of the paper, which arrived at the server at `arrived`, counts.

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


def paced_closes_at(session: Timing, participant: OwnTiming | None = None) -> datetime | None:
    """When the question on show of a paced session closes by itself; None where the lecturer closes it."""
    if session.stage is not Stage.OPEN or session.stage_at is None or session.limit_seconds is None:
        return None
    extra = participant.extra_seconds if participant is not None else 0
    return session.stage_at + timedelta(seconds=session.limit_seconds + extra)


def stopped_at(session: Timing, now: datetime) -> datetime:
    """What a reveal at `now` makes the stage's beginning: now, or when the question on show had closed by itself.

    So the grace counts from the moment at which answers stopped, and none is accepted for the reveal's sake.
    """
    close = paced_closes_at(session)
    return now if close is None else min(now, close)


def shows_key_at(session: Timing) -> datetime | None:
    """From when the right answer of a revealed question may be shown: when answers in flight are no longer accepted."""
    if session.stage is not Stage.REVEALED or session.stage_at is None:
        return None
    return session.stage_at + timedelta(seconds=session.grace_seconds)


def moved_by_pause(session: Timing, resumed: datetime) -> timedelta:
    """How far a resume at `resumed` moves every time that lies ahead."""
    return resumed - session.paused_at if session.paused_at is not None else timedelta(0)


def stood_still(session: Timing, participant: OwnTiming, resumed: datetime) -> float:
    """How many seconds of a participant's own time a pause that ends at `resumed` held: what `paused_seconds` gains.

    `session` is as it was while paused. A pause that began before the opening moves the opening, and nothing else.
    """
    if session.paused_at is None or (session.opens_at is not None and session.paused_at < session.opens_at):
        return 0.0
    return max(0.0, (resumed - max(session.paused_at, began_at(session, participant))).total_seconds())


def _standing(session: Timing, now: datetime) -> datetime:
    """The moment that counts for the opening and a close: a pause holds it."""
    return now if session.paused_at is None else min(now, session.paused_at)


def _paced_accepts(session: Timing, participant: OwnTiming, position: int, in_time: datetime) -> bool:
    if session.current != position:
        return False
    if session.stage is not Stage.OPEN:
        return session.stage is Stage.REVEALED and session.stage_at is not None and in_time < session.stage_at
    close = paced_closes_at(session, participant)
    return close is None or in_time < close
