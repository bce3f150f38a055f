"""Where one student stands in a session: what their page asks for every few seconds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from time import monotonic
from typing import Any, Protocol

from sqlalchemy import Engine, Row, select

from server.models import Mode, Participant, QuizSession, Stage
from server.services.quizzes import clock
from server.services.quizzes.clock import OwnTiming, Phase, Timing

FRESH_SECONDS = 0.5
MOST_KEPT = 32


class Times(Timing, Protocol):
    """A session's times and whether its results are out."""

    results_released_at: datetime | None


class Own(OwnTiming, Protocol):
    """A participant's times and device."""

    device: str


@dataclass(frozen=True, slots=True)
class OnShow:
    """What a paced session shows: the question's place in the paper from 0, and when it closes by itself.

    `shows_key` is whether its right answer may be seen: after the reveal, when no answer is accepted any more.
    """

    position: int
    stage: Stage
    closes_at: datetime | None
    shows_key: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """A student's phase and times. `is_moved` says that the number answers on another device now."""

    phase: Phase
    mode: Mode
    opens_at: datetime | None
    closes_at: datetime | None
    left: timedelta | None
    is_paused: bool
    is_moved: bool
    is_released: bool
    joined: int
    on_show: OnShow | None


def standing(times: Times, own: Own | None, device: str, joined: int, now: datetime) -> Standing:
    """Where a participant stands at `now`, or, without one, the session. `joined` is how many take part."""
    phase = clock.phase(times, own, now)
    return Standing(
        phase=phase,
        mode=times.mode,
        opens_at=times.opens_at,
        closes_at=clock.closes_at(times, own),
        left=clock.left(times, own, now),
        is_paused=times.paused_at is not None,
        is_moved=own is not None and own.device != device,
        is_released=times.results_released_at is not None and times.results_released_at <= now,
        joined=joined,
        on_show=on_show(times, own, now) if phase is Phase.OPEN else None,
    )


def on_show(times: Timing, own: OwnTiming | None, now: datetime) -> OnShow | None:
    """The question that a paced session shows at `now`; None in its lobby and in every other session."""
    if times.mode is not Mode.PACED or times.stage is Stage.LOBBY or times.current is None:
        return None
    shows_at = clock.shows_key_at(times)
    return OnShow(
        position=times.current,
        stage=times.stage,
        closes_at=clock.paced_closes_at(times, own),
        shows_key=shows_at is not None and shows_at <= now,
    )


@dataclass(frozen=True, slots=True)
class _Read:
    """A session and its participants as they were read at a moment of the process's clock."""

    at: float
    times: Row[Any]
    own: dict[int, Row[Any]]


class Roll:
    """Every student's standing in the sessions under way, from rows that are read again twice a second at most.

    It is for showing alone: whether a question may be seen or an answer counts is decided by rows read just then.
    """

    def __init__(self, engine: Engine, seconds: Callable[[], float] = monotonic) -> None:
        self._engine = engine
        self._seconds = seconds
        self._lock = Lock()
        self._kept: dict[str, _Read] = {}

    def standing(self, code: str, participant: int | None, device: str, now: datetime) -> Standing | None:
        """Where a participant stands; None where there is no such session, or no such participant in it."""
        read = self._read(code, participant)
        if read is None:
            return None
        own = None if participant is None else read.own[participant]
        return standing(read.times, own, device, len(read.own), now)

    def _read(self, code: str, participant: int | None) -> _Read | None:
        with self._lock:
            read = self._kept.get(code)
            if read is None or self._seconds() - read.at > FRESH_SECONDS:
                read = self._read_anew(code)
            if read is None or participant is None or participant in read.own:
                return read
            return read if self._add(read, participant) else None

    def _add(self, read: _Read, participant: int) -> bool:
        """Read the row of somebody who has joined since: while a class does, there is always one."""
        one = select(*_OWN).where(Participant.id == participant, Participant.session_id == read.times.id)
        with self._engine.connect() as connection:
            row = connection.execute(one).first()
        if row is not None:
            read.own[participant] = row
        return row is not None

    def _read_anew(self, code: str) -> _Read | None:
        at = self._seconds()
        with self._engine.connect() as connection:
            times = connection.execute(select(*_TIMES).where(QuizSession.code == code)).first()
            if times is None:
                return None
            own = connection.execute(select(*_OWN).where(Participant.session_id == times.id))
            read = _Read(at, times, {row.id: row for row in own})
        if len(self._kept) >= MOST_KEPT:
            self._kept.clear()
        self._kept[code] = read
        return read


_TIMES = (
    *(QuizSession.id, QuizSession.mode, QuizSession.opens_at, QuizSession.closes_at, QuizSession.limit_seconds),
    *(QuizSession.grace_seconds, QuizSession.paused_at, QuizSession.ended_at, QuizSession.results_released_at),
    *(QuizSession.stage, QuizSession.stage_at, QuizSession.current),
)
_OWN = (
    *(Participant.id, Participant.device, Participant.joined_at),
    *(Participant.extra_seconds, Participant.paused_seconds),
)
