"""The sessions of a course at a glance: what is running, what comes, what is over."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from server.models import Course, Participant, QuizSession
from server.services.quizzes import clock
from server.services.quizzes.clock import Phase
from server.services.quizzes.scheduling import is_cancelled


@dataclass(frozen=True, slots=True)
class Listed:
    """A session, where it stands, and how many have joined."""

    session: QuizSession
    phase: Phase
    joined: int

    @property
    def is_cancelled(self) -> bool:
        """Whether it was ended before it opened."""
        return is_cancelled(self.session)

    @property
    def is_released(self) -> bool:
        """Whether students see their results."""
        return self.session.results_released_at is not None


@dataclass(frozen=True, slots=True)
class Sessions:
    """A course's sessions: running ones first, then what comes next first, then what was last first."""

    running: tuple[Listed, ...]
    upcoming: tuple[Listed, ...]
    over: tuple[Listed, ...]

    def __bool__(self) -> bool:
        return bool(self.running or self.upcoming or self.over)


def listed(s: Session, course: Course, now: datetime) -> Sessions:
    """Every session of a course, in one query."""
    joined = select(func.count(Participant.id)).where(Participant.session_id == QuizSession.id).scalar_subquery()
    rows = s.execute(select(QuizSession, joined).where(QuizSession.course_id == course.id).order_by(QuizSession.id))
    every = [Listed(session, clock.phase(session, None, now), count) for session, count in rows]
    return Sessions(
        running=_of(every, Phase.OPEN, Phase.PAUSED),
        upcoming=tuple(sorted(_of(every, Phase.WAITING), key=_opening)),
        over=tuple(sorted(_of(every, Phase.CLOSED), key=_close, reverse=True)),
    )


def coming(s: Session, course: Course, now: datetime) -> list[Listed]:
    """What everybody in the course may know of: what runs, then what comes, the next first."""
    found = listed(s, course, now)
    return [*found.running, *found.upcoming]


def _of(every: Iterable[Listed], *phases: Phase) -> tuple[Listed, ...]:
    return tuple(each for each in every if each.phase in phases)


def _opening(each: Listed) -> tuple[bool, float]:
    opens_at = each.session.opens_at
    return opens_at is None, opens_at.timestamp() if opens_at is not None else each.session.id


def _close(each: Listed) -> float:
    close = clock.closes_at(each.session)
    return close.timestamp() if close is not None else 0.0
