"""What the lecturer does with a session: start, pause, give more time, end, release the results.

Each act is one transaction that the caller commits. `expected` is the `state` of the session that the lecturer saw: an
act that finds another one, as the second of two clicks does, changes nothing and returns False.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.models import Mode, Participant, Person, QuizSession, utcnow
from server.services.errors import Refused
from server.services.quizzes import clock
from server.services.quizzes.clock import Phase
from server.services.quizzes.events import Act, record
from server.services.quizzes.extra_time import MOST_SECONDS, extend_one, longest_extra
from server.services.quizzes.scheduling import lock

__all__ = ["end", "extend_all", "extend_one", "is_done", "length_seconds", "longest_extra", "pause", "release"]
__all__ += ["resume", "start", "state", "withhold"]


def state(session: QuizSession) -> str:
    """A short word for how the session stands: it changes with every act on the session."""
    times = (session.opens_at, session.closes_at, session.paused_at, session.ended_at, session.results_released_at)
    stands = (*times, session.limit_seconds, session.stage, session.stage_at, session.current)
    return hashlib.sha256(repr([str(each) for each in stands]).encode()).hexdigest()[:12]


def start(
    s: Session, session: QuizSession, by: Person, *, expected: str | None = None, now: datetime | None = None
) -> bool:
    """Open a session now that is waiting; a common close stays as far from the opening. Raises Refused."""
    now = now or utcnow()
    if not _take(s, session, expected) or clock.phase(session, None, now) in (Phase.OPEN, Phase.PAUSED):
        return False
    if clock.phase(session, None, now) is Phase.CLOSED:
        raise Refused("This session is over. Schedule another one.")
    session.opens_at, session.paused_at = now, None
    if session.mode is Mode.TIMED and session.limit_seconds is not None:
        session.closes_at = now + timedelta(seconds=session.limit_seconds)
    record(s, session, Act.STARTED, by, now)
    return True


def pause(
    s: Session, session: QuizSession, by: Person, *, expected: str | None = None, now: datetime | None = None
) -> bool:
    """Stop every clock of the session. Raises Refused where none runs."""
    now = now or utcnow()
    if not _take(s, session, expected) or session.paused_at is not None:
        return False
    if session.mode is Mode.PRACTICE:
        raise Refused("A practice session has no clock to stop.")
    if is_done(s, session, now):
        raise Refused("This session is over, so there is nothing to pause.")
    session.paused_at = now
    record(s, session, Act.PAUSED, by, now)
    return True


def resume(
    s: Session, session: QuizSession, by: Person, *, expected: str | None = None, now: datetime | None = None
) -> bool:
    """Let the clocks run again: every time that lay ahead lies as much further ahead as the pause took."""
    now = now or utcnow()
    if not _take(s, session, expected) or session.paused_at is None or session.ended_at is not None:
        return False
    moved = clock.moved_by_pause(session, now)
    for participant in _participants(s, session):
        participant.paused_seconds += clock.stood_still(session, participant, now)
    if session.opens_at is not None and session.opens_at > session.paused_at:
        session.opens_at += moved
    # A close that had passed stays passed, and moves along for those who have extra time after it.
    if session.closes_at is not None:
        session.closes_at += moved
    if clock.paced_closes_at(session) is not None and session.stage_at is not None:
        session.stage_at += moved
    session.paused_at = None
    record(s, session, Act.RESUMED, by, now, seconds=round(moved.total_seconds(), 3))
    return True


def extend_all(
    s: Session,
    session: QuizSession,
    seconds: int,
    by: Person,
    *,
    expected: str | None = None,
    now: datetime | None = None,
) -> bool:
    """Give everybody so many seconds more; in a paced session, for the question on show. Raises Refused."""
    now = now or utcnow()
    _check_seconds(seconds)
    if not _take(s, session, expected):
        return False
    if session.mode is Mode.PRACTICE:
        raise Refused("A practice session has no clock to extend.")
    if clock.phase(session, None, now) is Phase.CLOSED:
        raise Refused("This session is over. Give single students more time, or schedule another session.")
    if session.mode is Mode.PACED:
        _extend_question(session, seconds, now)
    else:
        if session.closes_at is not None:
            session.closes_at += timedelta(seconds=seconds)
        if session.limit_seconds is not None:
            session.limit_seconds += seconds
    record(s, session, Act.EXTENDED, by, now, seconds=seconds)
    return True


def length_seconds(session: QuizSession) -> int | None:
    """How long a student has, without extra time: what a share of it is counted from; None where nothing closes it."""
    if session.limit_seconds is not None or session.mode in (Mode.PACED, Mode.PRACTICE):
        return session.limit_seconds
    if session.opens_at is None or session.closes_at is None:
        return None
    return int((session.closes_at - session.opens_at).total_seconds())


def end(
    s: Session, session: QuizSession, by: Person, *, expected: str | None = None, now: datetime | None = None
) -> bool:
    """Close the session for everybody now, extra time or not. Raises Refused before it opened."""
    now = now or utcnow()
    if not _take(s, session, expected) or session.ended_at is not None or is_done(s, session, now):
        return False
    if clock.phase(session, None, now) is Phase.WAITING:
        raise Refused("This session has not opened yet. Cancel it instead.")
    session.ended_at = now
    record(s, session, Act.ENDED, by, now)
    return True


def release(
    s: Session, session: QuizSession, by: Person, *, expected: str | None = None, now: datetime | None = None
) -> bool:
    """Show students their results, the keys and the explanations. Raises Refused while somebody can still answer."""
    now = now or utcnow()
    if not _take(s, session, expected) or session.results_released_at is not None:
        return False
    if session.mode is Mode.PRACTICE:
        raise Refused("In a practice session everybody sees the explanations at once: there is nothing to release.")
    if not is_done(s, session, now):
        raise Refused("Somebody can still answer. Release the results once everybody is done, or end the session now.")
    session.results_released_at = now
    record(s, session, Act.RELEASED, by, now)
    return True


def withhold(
    s: Session, session: QuizSession, by: Person, *, expected: str | None = None, now: datetime | None = None
) -> bool:
    """Take the results back from the students' pages; what they have read they know."""
    now = now or utcnow()
    if not _take(s, session, expected) or session.results_released_at is None:
        return False
    session.results_released_at = None
    record(s, session, Act.WITHHELD, by, now)
    return True


def is_done(s: Session, session: QuizSession, now: datetime) -> bool:
    """Whether nobody can answer any more: all closes have passed, extra time and grace included."""
    close = clock.everybody_is_done_at(session, longest_extra(s, session))
    if close is None or (session.paused_at is not None and session.ended_at is None and session.paused_at < close):
        return False
    return now >= close + timedelta(seconds=session.grace_seconds)


def _take(s: Session, session: QuizSession, expected: str | None) -> bool:
    """Lock the session; whether it still stands as the lecturer saw it."""
    lock(s, session)
    return expected is None or expected == state(session)


def _participants(s: Session, session: QuizSession) -> list[Participant]:
    # In order, so that this and whoever else locks several of them never wait for each other.
    ours = select(Participant).where(Participant.session_id == session.id).order_by(Participant.id)
    return list(s.scalars(ours.execution_options(populate_existing=True)))


def _check_seconds(seconds: int) -> None:
    if not 0 < seconds <= MOST_SECONDS:
        raise Refused("Say how much more time: between one second and 24 hours.")


def _extend_question(session: QuizSession, seconds: int, now: datetime) -> None:
    close = clock.paced_closes_at(session)
    if close is None or session.stage_at is None:
        raise Refused("No question is open that closes by itself.")
    if (session.paused_at or now) >= close:
        raise Refused("The question has closed already.")
    session.stage_at += timedelta(seconds=seconds)
